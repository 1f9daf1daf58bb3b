select verdict, state, expires, pause_micros from muster.settle($1, $2, $3, $4, $5, $6, $7, $8)
