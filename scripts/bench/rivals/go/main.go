// The five cases of the HTTP benchmark in Go, with net/http and pgx: rival PORT UPSTREAM-PORT POSTGRES-URL.
//
// Written for speed, as far as the standard library goes: answers of the upstream stay raw JSON, which the encoder checks and copies
// without building values; one switch instead of a router; requests of the upstream share their parsed URL.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
)

const query = "select id, name from item where id = $1"

var (
	transport *http.Transport
	pool      *pgxpool.Pool
	none      = http.Header{}
	jsonType  = []string{"application/json"}

	seven, large, broken *url.URL
	items                [3]*url.URL
)

type row struct {
	ID   int32  `json:"id"`
	Name string `json:"name"`
}

type status struct {
	Status string `json:"status"`
}

type wrapped struct {
	Result json.RawMessage `json:"result"`
}

type merged struct {
	One   json.RawMessage `json:"one"`
	Two   json.RawMessage `json:"two"`
	Three json.RawMessage `json:"three"`
	Row   *row            `json:"row,omitempty"`
}

func fetch(ctx context.Context, at *url.URL) (json.RawMessage, error) {
	request := (&http.Request{Method: http.MethodGet, URL: at, Host: at.Host, Header: none, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", response.StatusCode)
	}
	if response.ContentLength < 0 {
		return io.ReadAll(response.Body)
	}
	body := make([]byte, response.ContentLength)
	_, err = io.ReadFull(response.Body, body)
	return body, err
}

func send(w http.ResponseWriter, value any, err error) {
	var body []byte
	if err == nil {
		body, err = json.Marshal(value) // Refuses raw messages that are no JSON.
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	header := w.Header()
	header["Content-Type"] = jsonType
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	_, _ = w.Write(body)
}

func sendWrapped(w http.ResponseWriter, ctx context.Context, at *url.URL) {
	value, err := fetch(ctx, at)
	send(w, wrapped{value}, err)
}

// Whatever fails first cancels the others, as in a plan. The last part runs on the goroutine of the request.
func sendMerged(w http.ResponseWriter, ctx context.Context, withRow bool) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var values merged
	var group sync.WaitGroup
	part := func(at *url.URL, into *json.RawMessage) {
		value, err := fetch(ctx, at)
		if err != nil {
			cancel(err) // The first cause stays.
		}
		*into = value
	}
	start := func(at *url.URL, into *json.RawMessage) {
		group.Add(1)
		go func() {
			defer group.Done()
			part(at, into)
		}()
	}
	start(items[0], &values.One)
	start(items[1], &values.Two)
	if withRow {
		start(items[2], &values.Three)
		values.Row = new(row)
		if err := pool.QueryRow(ctx, query, 7).Scan(&values.Row.ID, &values.Row.Name); err != nil {
			cancel(err)
		}
	} else {
		part(items[2], &values.Three)
	}
	group.Wait()
	send(w, &values, context.Cause(ctx))
}

func handle(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/health":
		send(w, status{"ok"}, nil)
	case "/api/data":
		sendWrapped(w, r.Context(), seven)
	case "/api/big":
		sendWrapped(w, r.Context(), large)
	case "/api/broken":
		sendWrapped(w, r.Context(), broken)
	case "/api/three":
		sendMerged(w, r.Context(), false)
	case "/api/aggregate":
		sendMerged(w, r.Context(), true)
	default:
		http.NotFound(w, r)
	}
}

func main() {
	at := func(path string) *url.URL {
		return &url.URL{Scheme: "http", Host: "127.0.0.1:" + os.Args[2], Path: path}
	}
	seven, large, broken = at("/items/7"), at("/big"), at("/broken")
	for i := range items {
		items[i] = at("/items/" + strconv.Itoa(i+1))
	}
	transport = &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256, DisableCompression: true}
	config, err := pgxpool.ParseConfig(os.Args[3])
	if err != nil {
		panic(err)
	}
	config.MaxConns = 16
	if pool, err = pgxpool.NewWithConfig(context.Background(), config); err != nil {
		panic(err)
	}
	// HTTP/2 without TLS, beside HTTP/1.1.
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := http.Server{Addr: "127.0.0.1:" + os.Args[1], Handler: http.HandlerFunc(handle), Protocols: protocols}
	panic(server.ListenAndServe())
}
