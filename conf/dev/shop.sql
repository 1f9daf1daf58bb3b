-- The shop of the examples, in MySQL.
create table orders (
    id bigint auto_increment primary key,
    product_id int not null,
    customer varchar(80) not null,
    quantity int not null,
    paid decimal(10, 2) not null,
    ordered_at timestamp not null,
    key (product_id)
);

insert into orders (product_id, customer, quantity, paid, ordered_at) values
    (7, 'Ada', 1, 249.50, '2026-01-05 09:12:00'),
    (8, 'Ada', 1, 89.00, '2026-01-05 09:12:00'),
    (7, 'Grace', 2, 499.00, '2026-01-06 17:40:21'),
    (9, 'Grace', 4, 59.60, '2026-01-06 17:40:21'),
    (7, 'Édouard', 1, 249.50, '2026-01-09 20:03:59'),
    (10, 'Łucja', 1, 39.00, '2026-01-11 08:00:00');
