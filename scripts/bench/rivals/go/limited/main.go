// What a handler does when its time is up or its caller leaves, in Go with net/http and pgx: limited PORT UPSTREAM-PORT POSTGRES-URL SQL SHORT-MS.
//
// GET /LIMIT/http/ID asks the upstream for /item/ID, GET /LIMIT/sql/ID runs the statement, with 20 places for each; LIMIT is short or long (a
// minute). Both use the context of the request, which ends when the caller leaves or the time is up.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const places = 20

var limits = map[string]time.Duration{"long": time.Minute}

func main() {
	upstream, sql := "http://127.0.0.1:"+os.Args[2]+"/item/", os.Args[4]
	short, err := strconv.Atoi(os.Args[5])
	if err != nil {
		panic(err)
	}
	limits["short"] = time.Duration(short) * time.Millisecond

	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: places}}
	free := make(chan struct{}, places)
	http.HandleFunc("GET /{limit}/http/{id}", handler(func(ctx context.Context, id int64) (any, error) {
		select {
		case free <- struct{}{}:
			defer func() { <-free }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return fetch(ctx, client, upstream+strconv.FormatInt(id, 10))
	}))

	config, err := pgxpool.ParseConfig(os.Args[3])
	if err != nil {
		panic(err)
	}
	config.MaxConns = places
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		panic(err)
	}
	http.HandleFunc("GET /{limit}/sql/{id}", handler(func(ctx context.Context, id int64) (any, error) {
		var found struct {
			ID int64 `json:"id"`
		}
		return &found, pool.QueryRow(ctx, sql, id).Scan(&found.ID)
	}))
	http.HandleFunc("GET /ready", func(w http.ResponseWriter, r *http.Request) {})
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}

func handler(work func(context.Context, int64) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		limit, known := limits[r.PathValue("limit")]
		if err != nil || !known {
			http.NotFound(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		value, err := work(ctx, id)
		switch {
		case err == nil:
		case errors.Is(err, context.DeadlineExceeded):
			http.Error(w, err.Error(), http.StatusGatewayTimeout)
			return
		default:
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		body, err := json.Marshal(map[string]any{"result": value})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}
}

func fetch(ctx context.Context, client *http.Client, url string) (any, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", response.StatusCode)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var value any
	err = json.Unmarshal(body, &value)
	return value, err
}
