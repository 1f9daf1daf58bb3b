select get_lock(concat('muster-watch-', left(md5(current_user()), 16), '%s'), 0)
