-- The catalogue of the examples, in Postgres.
create table product (
    id integer primary key,
    name text not null,
    price numeric(10, 2) not null,
    tags text[] not null default '{}',
    attributes jsonb not null default '{}',
    seller_ids integer[] not null default '{}'
);

insert into product (id, name, price, tags, attributes, seller_ids) values
    (7, 'Espresso machine', 249.50, '{coffee,steel}', '{"bar": 15, "litres": 1.8}', '{11,12,13,14,15,16,17,18,19,20,21,22}'),
    (8, 'Coffee grinder', 89.00, '{coffee}', '{"burrs": "ceramic"}', '{11,13}'),
    (9, 'Milk jug', 14.90, '{coffee,steel}', '{"litres": 0.6}', '{12,13,14}'),
    (10, 'Tea pot', 39.00, '{tea}', '{"litres": 1.2}', '{}');

-- Which products went into one basket.
create table basket (
    basket integer not null,
    product_id integer not null references product,
    primary key (basket, product_id)
);

insert into basket select n, 7 from generate_series(1, 3000) as n;
insert into basket select n, 8 from generate_series(1, 3000, 2) as n;
insert into basket select n, 9 from generate_series(1, 3000, 3) as n;
insert into basket select n, 10 from generate_series(1, 3000, 30) as n;

-- A reading a minute for four weeks, for the example of the cursor.
create table reading (
    at timestamptz primary key,
    celsius numeric(4, 1) not null
);

insert into reading
select timestamptz '2026-01-01 00:00:00+00' + n * interval '1 minute', 20 + (n * 7919 % 400) / 10.0
from generate_series(0, 40319) as n;

create table account (
    owner text primary key,
    balance numeric(12, 2) not null check (balance >= 0)
);

insert into account values ('ada', 100.00), ('grace', 20.00);
