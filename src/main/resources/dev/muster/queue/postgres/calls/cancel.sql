select verdict from muster.cancel($1, $2, $3)
