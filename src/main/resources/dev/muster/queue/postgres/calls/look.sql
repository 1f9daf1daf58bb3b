select changed, scheduled, ready, leased, done, dead, cancelled, size, paused, closed, next_micros, cancels
from muster.look($1)
