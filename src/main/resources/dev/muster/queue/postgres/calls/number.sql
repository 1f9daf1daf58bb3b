select id from muster.queue where name = $1
