-- The named queries of the source catalog: `query: NAME` in a step.

-- name: product_by_id
select id, name, price, tags, attributes, seller_ids from product where id = $1

-- What lay in the same baskets, most often first.
-- name: bought_with
select p.id, p.name, count(*) as baskets
from basket as mine
join basket as other on other.basket = mine.basket and other.product_id <> mine.product_id
join product as p on p.id = other.product_id
where mine.product_id = $1
group by p.id
order by baskets desc, p.id
limit $2

-- name: debit
update account set balance = balance - $2 where owner = $1

-- name: credit
update account set balance = balance + $2 where owner = $1
