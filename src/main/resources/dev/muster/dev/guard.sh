# Runs a server for as long as somebody holds the other end of the pipe at its standard input. When that end is closed,
# by its holder or by his death, the server is stopped and the folder removed:
#   guard SIGNAL SECONDS FOLDER INPUT COMMAND…
# SIGNAL stops it, and SIGKILL does SECONDS later; an empty FOLDER is none; INPUT is the server's standard input.
signal=$1 seconds=$2 folder=$3 input=$4
shift 4

told=
trap 'told=yes' USR1
trap '' HUP INT
exec 3<&0
"$@" <"$input" 3<&- &
server=$!
# Nobody may read any more, and a shell that dies of that would leave the folder.
exec >/dev/null 2>&1

(
    read -r _ <&3
    kill -s USR1 "$$"
    tries=$((seconds * 20))
    # Again and again: one that has only begun to start ignores it.
    while [ "$tries" -gt 0 ] && kill -s "$signal" "$server"; do
        sleep 0.05
        tries=$((tries - 1))
    done
    kill -s KILL "$server"
) &
watch=$!

# The trap ends a wait too.
while :; do
    wait "$server"
    status=$?
    kill -0 "$server" || break
done
kill -s KILL "$watch"
if [ -n "$told" ] && [ -n "$folder" ]; then
    rm -rf "$folder"
fi
exit "$status"
