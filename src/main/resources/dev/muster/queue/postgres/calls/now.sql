select muster.now()
