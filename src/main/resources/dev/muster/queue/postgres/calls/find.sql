select state, body, attempt, key, unique_word, priority, created, due, expires, cancel_asked, error, output, checkpoint
from muster.find($1, $2)
