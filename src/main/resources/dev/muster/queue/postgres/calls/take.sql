select id, body, attempt, lease, expires, key, priority, checkpoint, fence from muster.take($1, $2, $3, $4)
