select muster.redrive($1, $2)
