select verdict, job from muster.put($1, $2, $3, $4, $5, $6, $7)
