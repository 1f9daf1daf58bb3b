select muster.turn($1, $2, $3)::text
