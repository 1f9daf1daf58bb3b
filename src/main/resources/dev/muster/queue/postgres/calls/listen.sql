listen muster
