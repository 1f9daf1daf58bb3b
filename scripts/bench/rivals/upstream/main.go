// An upstream that serves 20 requests at a time in 50 ms each, the others one after the other as they came: upstream PORT (finishes|stops).
//
// The one that "finishes" does all that it was asked for, although the caller has left meanwhile; the other takes no notice of those who left
// while they waited, and ends at once what it does for somebody who leaves. GET /item/NUMBER is the work, GET /stats says what it served,
// and GET /log lists each request: its number, and the nanoseconds of the wall clock at which it came and at which it was begun (0: never).
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	places = 20
	takes  = 50 * time.Millisecond
)

type stats struct {
	Came    int `json:"came"`
	Served  int `json:"served"`  // to the end, for a caller who was still there
	Dead    int `json:"dead"`    // to the end, for a caller who had left
	Stopped int `json:"stopped"` // given up, before or amid the work, since the caller left
	Waiting int `json:"waiting"` // for a place, now
}

var (
	lock  sync.Mutex
	free  = make(chan struct{}, places) // Go serves those who wait for a channel in the order in which they came
	now   stats
	log   [][3]int64
	stops bool
)

func work(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var left <-chan struct{}
	if stops {
		left = r.Context().Done()
	}
	lock.Lock()
	entry := len(log)
	log = append(log, [3]int64{number, time.Now().UnixNano(), 0})
	now.Came++
	now.Waiting++
	lock.Unlock()

	select {
	case free <- struct{}{}:
	case <-left:
		count(func() { now.Waiting--; now.Stopped++ })
		return
	}
	count(func() { now.Waiting--; log[entry][2] = time.Now().UnixNano() })
	timer := time.NewTimer(takes)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-left:
		<-free
		count(func() { now.Stopped++ })
		return
	}
	<-free
	if r.Context().Err() != nil {
		count(func() { now.Dead++ })
		return
	}
	count(func() { now.Served++ })
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"id":%d}`, number)
}

func count(change func()) {
	lock.Lock()
	defer lock.Unlock()
	change()
}

func show(value func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		body, err := json.Marshal(value())
		lock.Unlock()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}
}

func main() {
	if len(os.Args) != 3 || os.Args[2] != "finishes" && os.Args[2] != "stops" {
		fmt.Fprintln(os.Stderr, "upstream PORT (finishes|stops)")
		os.Exit(2)
	}
	stops = os.Args[2] == "stops"
	http.HandleFunc("GET /item/{number}", work)
	http.HandleFunc("GET /stats", show(func() any { return now }))
	http.HandleFunc("GET /log", show(func() any { return log }))
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
