// River as a contestant of the queues: rival POSTGRES-URL CONNECTIONS. It obeys the orders that ../queues/contestant.mjs explains.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	// As River measures itself, in its cmd/river/riverbench.
	fetchCooldown     = 2 * time.Millisecond
	fetchPollInterval = 20 * time.Millisecond
	workers           = 2_000
)

var payload = strings.Repeat("x", 64)

type body struct {
	Number  int    `json:"number"`
	Payload string `json:"payload"`
}

func (body) Kind() string { return "bench" }

type worker struct {
	river.WorkerDefaults[body]
	handle func(body)
}

func (w *worker) Work(_ context.Context, job *river.Job[body]) error {
	w.handle(job.Args)
	return nil
}

// The queue: a client that only puts; each work has one of its own, on the same pool.
type queue struct {
	pool   *pgxpool.Pool
	client *river.Client[pgx.Tx]
}

func main() {
	ctx := context.Background()
	config := must(pgxpool.ParseConfig(os.Args[1]))
	config.MaxConns = int32(must(strconv.Atoi(os.Args[2])))
	pool := must(pgxpool.NewWithConfig(ctx, config))
	migrator := must(rivermigrate.New(riverpgxv5.New(pool), nil))
	must(migrator.Migrate(ctx, rivermigrate.DirectionUp, nil))
	q := &queue{pool: pool, client: must(river.NewClient(riverpgxv5.New(pool), settings()))}

	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		words := strings.Fields(orders.Text())
		var numbers []int
		for _, word := range words[1:] {
			numbers = append(numbers, must(strconv.Atoi(word)))
		}
		switch words[0] {
		case "version":
			answer(map[string]string{"version": version()})
		case "put":
			answer(q.put(ctx, numbers[0], numbers[1], numbers[2]))
		case "work":
			answer(q.work(ctx, numbers[0]))
		case "pace":
			answer(q.pace(ctx, numbers[0], numbers[1]))
		}
	}
	pool.Close()
}

func settings() *river.Config {
	return &river.Config{
		FetchCooldown:     fetchCooldown,
		FetchPollInterval: fetchPollInterval,
		Logger:            slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
}

func (q *queue) put(ctx context.Context, jobs, batch, inFlight int) any {
	var next atomic.Int64
	return timed(func() {
		var all sync.WaitGroup
		for range inFlight {
			all.Go(func() {
				for {
					from := int(next.Add(int64(batch))) - batch
					if from >= jobs {
						return
					}
					if batch == 1 {
						must(q.client.Insert(ctx, body{from, payload}, nil))
						continue
					}
					many := make([]river.InsertManyParams, batch)
					for i := range many {
						many[i].Args = body{from + i, payload}
					}
					must(q.client.InsertManyFast(ctx, many))
				}
			})
		}
		all.Wait()
	})
}

// Starts a client that works, and gives what stops it.
func (q *queue) start(ctx context.Context, handle func(body)) func() {
	config := settings()
	config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}}
	config.Workers = river.NewWorkers()
	river.AddWorker(config.Workers, &worker{handle: handle})
	client := must(river.NewClient(riverpgxv5.New(q.pool), config))
	check(client.Start(ctx))
	return func() { check(client.Stop(ctx)) }
}

func (q *queue) work(ctx context.Context, jobs int) any {
	var stop func()
	took := timed(func() {
		left := int64(jobs)
		all := make(chan struct{})
		stop = q.start(ctx, func(body) {
			if atomic.AddInt64(&left, -1) == 0 {
				close(all)
			}
		})
		<-all
		q.untilEmpty(ctx)
	})
	stop()
	return took
}

func (q *queue) pace(ctx context.Context, jobs, perSecond int) any {
	putAt := make([]time.Time, jobs)
	waited := make([]time.Duration, jobs)
	var begun sync.WaitGroup
	begun.Add(jobs)
	stop := q.start(ctx, func(of body) {
		waited[of.Number] = time.Since(putAt[of.Number])
		begun.Done()
	})
	time.Sleep(time.Second)
	began := time.Now()
	for i := range jobs {
		time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
		putAt[i] = time.Now()
		go func() { must(q.client.Insert(ctx, body{i, payload}, nil)) }()
	}
	begun.Wait()
	q.untilEmpty(ctx)
	stop()
	slices.Sort(waited)
	at := func(share float64) float64 {
		return float64(waited[min(jobs-1, int(share*float64(jobs)))]) / float64(time.Millisecond)
	}
	return map[string]float64{"p50": at(0.5), "p99": at(0.99)}
}

func (q *queue) untilEmpty(ctx context.Context) {
	for {
		var empty bool
		check(q.pool.QueryRow(ctx, "select not exists (select from river_job where state <> 'completed')").Scan(&empty))
		if empty {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func timed(what func()) map[string]float64 {
	began := time.Now()
	what()
	return map[string]float64{"seconds": time.Since(began).Seconds()}
}

func answer(value any) {
	fmt.Println(string(must(json.Marshal(value))))
}

func version() string {
	build, _ := debug.ReadBuildInfo()
	for _, of := range build.Deps {
		if of.Path == "github.com/riverqueue/river" {
			return strings.TrimPrefix(of.Version, "v")
		}
	}
	return "?"
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "river:", err)
		os.Exit(1)
	}
}
