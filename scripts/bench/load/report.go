package main

import (
	"math"
	"sort"
	"time"
)

// Milliseconds.
type percentiles struct {
	Count int     `json:"count"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
}

type phaseReport struct {
	phase
	Sent     int            `json:"sent"`
	Good     int            `json:"good"`     // of those sent in this phase, answered with 2xx
	GoodRate float64        `json:"goodRate"` // 2xx answers a second that arrived during this phase, whenever they were sent
	Outcomes map[string]int `json:"outcomes"` // by status; timeout, refused, reset, closed
	Latency  percentiles    `json:"latency"`  // of the good ones, from the intended time to the last byte
	Other    percentiles    `json:"other"`    // of all others: how fast they were refused
	Late     percentiles    `json:"late"`     // from the intended time to the write: the sender's own delay, and the wait for a connection
}

// Second by second from the start on, by the time of the end.
type secondReport struct {
	Good  int     `json:"good"`
	Other int     `json:"other"`
	P99   float64 `json:"p99"`
}

type streamReport struct {
	Name    string         `json:"name"`
	Opened  int            `json:"opened"` // connections
	Phases  []phaseReport  `json:"phases"`
	Seconds []secondReport `json:"seconds"`
	Trace   *traceReport   `json:"trace,omitempty"`
}

// Each request in the order of its number: when it was to be sent and when it ended, in milliseconds from the start on, and how.
type traceReport struct {
	StartNanos int64    `json:"startNanos"` // of the wall clock, so that other processes' times can be compared
	Shots      [][3]any `json:"shots"`
}

func (s *shot) good() bool {
	return len(s.outcome) == 3 && s.outcome[0] == '2'
}

func millis(of time.Duration) float64 {
	return math.Round(float64(of)/float64(time.Microsecond)) / 1000
}

func (s *sender) report() streamReport {
	found := streamReport{Name: s.Name, Opened: s.opened}
	begin := time.Duration(0)
	for number, one := range s.Phases {
		end := begin + seconds(one.Seconds)
		made := phaseReport{phase: one, Outcomes: map[string]int{}}
		var good, other, late []float64
		arrived := 0
		for _, shot := range s.shots {
			if at := shot.ended.Sub(s.start); shot.good() && at >= begin && at < end {
				arrived++
			}
			if shot.phase != number {
				continue
			}
			made.Outcomes[shot.outcome]++
			late = append(late, millis(shot.sent.Sub(shot.intended)))
			took := millis(shot.ended.Sub(shot.intended))
			if shot.good() {
				good = append(good, took)
			} else {
				other = append(other, took)
			}
		}
		made.Sent, made.Good = len(good)+len(other), len(good)
		made.GoodRate = float64(arrived) / one.Seconds
		made.Latency, made.Other, made.Late = percentilesOf(good), percentilesOf(other), percentilesOf(late)
		found.Phases = append(found.Phases, made)
		begin = end
	}
	found.Seconds = s.seconds()
	if s.Trace {
		found.Trace = s.trace()
	}
	return found
}

func (s *sender) trace() *traceReport {
	made := &traceReport{StartNanos: s.start.UnixNano()}
	for _, one := range s.shots {
		made.Shots = append(made.Shots, [3]any{millis(one.intended.Sub(s.start)), millis(one.ended.Sub(s.start)), one.outcome})
	}
	return made
}

func (s *sender) seconds() []secondReport {
	var counts []secondReport
	var took [][]float64
	for _, shot := range s.shots {
		second := int(shot.ended.Sub(s.start) / time.Second)
		for len(counts) <= second {
			counts, took = append(counts, secondReport{}), append(took, nil)
		}
		if shot.good() {
			counts[second].Good++
			took[second] = append(took[second], millis(shot.ended.Sub(shot.intended)))
		} else {
			counts[second].Other++
		}
	}
	for i := range counts {
		counts[i].P99 = percentilesOf(took[i]).P99
	}
	return counts
}

func percentilesOf(values []float64) percentiles {
	if len(values) == 0 {
		return percentiles{}
	}
	sort.Float64s(values)
	sum := 0.0
	for _, one := range values {
		sum += one
	}
	at := func(share float64) float64 {
		return values[int(math.Min(float64(len(values)-1), math.Ceil(share*float64(len(values)))-1))]
	}
	return percentiles{
		Count: len(values), Mean: math.Round(sum/float64(len(values))*1000) / 1000,
		P50: at(0.5), P90: at(0.9), P99: at(0.99), P999: at(0.999), Max: values[len(values)-1],
	}
}
