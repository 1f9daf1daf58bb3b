insert into muster.migration (number, name) values ($1, $2)
