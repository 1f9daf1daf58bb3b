select id, time, left(info, 100), crc32(left(info, 10000))
  from information_schema.processlist
 where info like '/*muster:%'
   and id <> connection_id()
   and user = (select user from information_schema.processlist where id = connection_id())
 order by time desc
 limit 1000
