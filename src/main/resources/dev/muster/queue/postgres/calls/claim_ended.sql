update muster.fire set busy_until = null where plan = $1 and at = $2
