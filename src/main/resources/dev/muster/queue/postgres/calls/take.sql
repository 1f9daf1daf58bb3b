select id, body, attempt, lease, expires, key, priority, checkpoint from muster.take($1, $2, $3, $4)
