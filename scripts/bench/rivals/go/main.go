// The five cases of the HTTP benchmark in Go, with net/http and pgx: rival PORT UPSTREAM-PORT POSTGRES-URL.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	client   *http.Client
	upstream string
	pool     *pgxpool.Pool
)

type row struct {
	ID   int32  `json:"id"`
	Name string `json:"name"`
}

func fetch(ctx context.Context, path string) (any, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, upstream+path, nil)
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
	return value, json.Unmarshal(body, &value)
}

func answer(w http.ResponseWriter, value any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// Whatever fails first cancels the others, as a plan does.
func merged(ctx context.Context, withRow bool) (map[string]any, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	names := []string{"one", "two", "three"}
	values := map[string]any{}
	var lock sync.Mutex
	var group sync.WaitGroup
	var first error
	keep := func(name string, value any, err error) {
		lock.Lock()
		defer lock.Unlock()
		if err != nil && first == nil {
			first = err
			cancel()
		}
		values[name] = value
	}
	for i, name := range names {
		group.Add(1)
		go func() {
			defer group.Done()
			value, err := fetch(ctx, fmt.Sprintf("/items/%d", i+1))
			keep(name, value, err)
		}()
	}
	if withRow {
		group.Add(1)
		go func() {
			defer group.Done()
			var found row
			err := pool.QueryRow(ctx, "select id, name from item where id = $1", 7).Scan(&found.ID, &found.Name)
			keep("row", found, err)
		}()
	}
	group.Wait()
	return values, first
}

func main() {
	upstream = "http://127.0.0.1:" + os.Args[2]
	client = &http.Client{Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256}}
	config, err := pgxpool.ParseConfig(os.Args[3])
	if err != nil {
		panic(err)
	}
	config.MaxConns = 16
	if pool, err = pgxpool.NewWithConfig(context.Background(), config); err != nil {
		panic(err)
	}
	http.HandleFunc("GET /api/health", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]string{"status": "ok"}, nil)
	})
	http.HandleFunc("GET /api/data", func(w http.ResponseWriter, r *http.Request) {
		value, err := fetch(r.Context(), "/items/7")
		answer(w, map[string]any{"result": value}, err)
	})
	http.HandleFunc("GET /api/big", func(w http.ResponseWriter, r *http.Request) {
		value, err := fetch(r.Context(), "/big")
		answer(w, map[string]any{"result": value}, err)
	})
	http.HandleFunc("GET /api/three", func(w http.ResponseWriter, r *http.Request) {
		values, err := merged(r.Context(), false)
		answer(w, values, err)
	})
	http.HandleFunc("GET /api/aggregate", func(w http.ResponseWriter, r *http.Request) {
		values, err := merged(r.Context(), true)
		answer(w, values, err)
	})
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
