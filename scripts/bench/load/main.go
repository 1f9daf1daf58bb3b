// Sends HTTP/1.1 requests at fixed rates, whatever becomes of the earlier ones, and measures each from the time at which it was to
// be sent. A request that waits for a connection, or behind a stall of the sender, counts that wait.
//
// Reads an order as JSON on stdin (see stream), prints what it found as JSON on stdout. All streams start at the same moment; each
// goes through its phases one after the other.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

type phase struct {
	Name    string  `json:"name"`
	Rate    float64 `json:"rate"` // requests a second; 0 is a pause
	Seconds float64 `json:"seconds"`
}

type stream struct {
	Name        string            `json:"name"`
	Method      string            `json:"method"`
	URL         string            `json:"url"` // {n} in it becomes the number of the request, from 0 on
	Headers     map[string]string `json:"headers"`
	Body        string            `json:"body"`
	Timeout     float64           `json:"timeout"`     // seconds, from the intended time; the connection is closed then
	Connections int               `json:"connections"` // at most; more requests wait for one
	Trace       bool              `json:"trace"`       // whether the report has each request
	Phases      []phase           `json:"phases"`
}

func main() {
	var order struct {
		Streams []stream `json:"streams"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&order); err != nil {
		fail(err)
	}
	// One thread of each stream sleeps in the kernel, others must go on beside it.
	runtime.GOMAXPROCS(runtime.NumCPU() + len(order.Streams) + 1)
	debug.SetGCPercent(400)

	senders := make([]*sender, len(order.Streams))
	for i, one := range order.Streams {
		made, err := newSender(one)
		if err != nil {
			fail(err)
		}
		senders[i] = made
	}
	start := time.Now().Add(50 * time.Millisecond)
	var all sync.WaitGroup
	for _, one := range senders {
		all.Add(1)
		go func(one *sender) {
			defer all.Done()
			one.send(start)
		}(one)
	}
	all.Wait()

	found := make([]any, len(senders))
	for i, one := range senders {
		found[i] = one.report()
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"streams": found}); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "load:", err)
	os.Exit(1)
}
