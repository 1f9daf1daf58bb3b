select id
  from information_schema.processlist
 where id = is_used_lock(concat('muster-watch-', left(md5(current_user()), 16), '%s'))
   and time >= 4
