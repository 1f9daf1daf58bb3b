select muster.tell($1)::text
