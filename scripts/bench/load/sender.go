package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A request: when it was to be sent, when it was, when it ended, and how.
type shot struct {
	number   int
	phase    int
	intended time.Time
	sent     time.Time
	ended    time.Time
	outcome  string // the status, or what failed
	reused   bool   // the connection has served before: it may have been closed meanwhile
}

// One stream of requests, with its own connections.
type sender struct {
	stream
	address string
	request [2][]byte // what comes before the number and what behind it, if the address has one
	timeout time.Duration
	start   time.Time

	lock    sync.Mutex
	idle    []*connection // the last one used is the first one taken
	open    int
	opened  int
	waiting []*shot
	shots   []*shot
	pending sync.WaitGroup
}

type connection struct {
	net.Conn
	reader *bufio.Reader
	orders chan *shot
	served bool
}

func newSender(one stream) (*sender, error) {
	at, err := url.Parse(one.URL)
	if err != nil {
		return nil, err
	}
	if at.Scheme != "http" {
		return nil, fmt.Errorf("%s: http alone can be asked", one.URL)
	}
	address := at.Host
	if at.Port() == "" {
		address = net.JoinHostPort(at.Hostname(), "80")
	}
	if one.Method == "" {
		one.Method = http.MethodGet
	}
	if one.Timeout <= 0 {
		one.Timeout = 30
	}
	if one.Connections <= 0 {
		one.Connections = 10_000
	}
	var text bytes.Buffer
	before, behind, numbered := strings.Cut(one.Method+" "+at.RequestURI(), url.PathEscape("{n}"))
	if !numbered {
		before, behind = "", before
	}
	fmt.Fprintf(&text, "%s HTTP/1.1\r\nHost: %s\r\n", behind, at.Host)
	for name, value := range one.Headers {
		fmt.Fprintf(&text, "%s: %s\r\n", name, value)
	}
	if one.Body != "" {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(one.Body))
	}
	text.WriteString("\r\n" + one.Body)
	return &sender{stream: one, address: address, request: [2][]byte{[]byte(before), text.Bytes()}, timeout: seconds(one.Timeout)}, nil
}

func seconds(of float64) time.Duration {
	return time.Duration(of * float64(time.Second))
}

// Sends all phases from this moment on, and waits for the last answer.
func (s *sender) send(start time.Time) {
	// A thread of its own that sleeps in the kernel wakes within some 50 µs; Go's own timers are a millisecond late.
	runtime.LockOSThread()
	s.start = start
	begin := start
	for number, one := range s.Phases {
		for i := 0; ; i++ {
			after := seconds(float64(i) / one.Rate)
			if one.Rate <= 0 || after >= seconds(one.Seconds) {
				break
			}
			made := &shot{number: len(s.shots), phase: number, intended: begin.Add(after)}
			sleepUntil(made.intended)
			s.lock.Lock()
			s.shots = append(s.shots, made)
			s.lock.Unlock()
			s.pending.Add(1)
			s.dispatch(made)
		}
		begin = begin.Add(seconds(one.Seconds))
		sleepUntil(begin)
	}
	s.pending.Wait()
}

func sleepUntil(moment time.Time) {
	for left := time.Until(moment); left > 0; left = time.Until(moment) {
		span := syscall.NsecToTimespec(left.Nanoseconds())
		_ = syscall.Nanosleep(&span, nil)
	}
}

// Writes a request to an idle connection, at once, or has a new one opened.
func (s *sender) dispatch(made *shot) {
	s.lock.Lock()
	if last := len(s.idle) - 1; last >= 0 {
		taken := s.idle[last]
		s.idle = s.idle[:last]
		s.lock.Unlock()
		made.reused = true
		s.write(taken, made)
		return
	}
	if s.open >= s.Connections {
		s.waiting = append(s.waiting, made)
		s.lock.Unlock()
		return
	}
	s.open++
	s.opened++
	s.lock.Unlock()
	go s.dial(made)
}

func (s *sender) dial(made *shot) {
	dialer := net.Dialer{Deadline: made.intended.Add(s.timeout)}
	opened, err := dialer.Dial("tcp", s.address)
	if err != nil {
		s.lost(nil)
		s.end(made, failure(err))
		return
	}
	made.reused = false
	fresh := &connection{Conn: opened, reader: bufio.NewReader(opened), orders: make(chan *shot, 1)}
	go s.read(fresh)
	s.write(fresh, made)
}

func (s *sender) write(to *connection, made *shot) {
	if made.sent.IsZero() {
		made.sent = time.Now()
	}
	_ = to.SetDeadline(made.intended.Add(s.timeout))
	// The reader has to know what it waits for before an answer can come.
	to.orders <- made
	_, _ = to.Write(s.text(made)) // a failure shows itself to the reader
}

func (s *sender) text(made *shot) []byte {
	if len(s.request[0]) == 0 {
		return s.request[1]
	}
	text := strconv.AppendInt(append([]byte(nil), s.request[0]...), int64(made.number), 10)
	return append(text, s.request[1]...)
}

// Reads what comes on a connection, one answer for each request, until it is closed.
func (s *sender) read(from *connection) {
	for {
		_, err := from.reader.Peek(1)
		var made *shot
		if err != nil {
			made = s.abandon(from)
		} else {
			select {
			case made = <-from.orders:
			default: // bytes that nobody asked for
				made = s.abandon(from)
				err = errors.New("unasked")
			}
		}
		if made == nil {
			return
		}
		if err != nil {
			if made.reused && !errors.Is(err, os.ErrDeadlineExceeded) {
				// It was closed while it lay idle, as any client has to expect: once more, on a new one.
				made.reused = false
				s.again(made)
			} else {
				s.end(made, failure(err))
			}
			return
		}
		response, err := http.ReadResponse(from.reader, nil)
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
		}
		if err != nil {
			s.lost(from)
			s.end(made, failure(err))
			return
		}
		s.end(made, strconv.Itoa(response.StatusCode))
		if response.Close {
			s.lost(from)
			return
		}
		s.free(from)
	}
}

// Closes a connection and gives the request that was under way on it, if there is one.
func (s *sender) abandon(gone *connection) *shot {
	s.lock.Lock()
	wasIdle := false
	for i, one := range s.idle {
		if one == gone {
			s.idle = append(s.idle[:i], s.idle[i+1:]...)
			wasIdle = true
			break
		}
	}
	s.lock.Unlock()
	var made *shot
	if !wasIdle {
		// Whoever took it is about to write, or has written.
		made = <-gone.orders
	}
	s.lost(gone)
	return made
}

func (s *sender) again(made *shot) {
	s.lock.Lock()
	s.open++
	s.opened++
	s.lock.Unlock()
	go s.dial(made)
}

// A connection is gone: who waits for one gets a new one.
func (s *sender) lost(gone *connection) {
	if gone != nil {
		_ = gone.Close()
	}
	s.lock.Lock()
	s.open--
	next := s.next()
	s.lock.Unlock()
	if next != nil {
		s.dispatch(next)
	}
}

func (s *sender) free(one *connection) {
	_ = one.SetDeadline(time.Time{})
	s.lock.Lock()
	next := s.next()
	if next == nil {
		s.idle = append(s.idle, one)
	}
	s.lock.Unlock()
	if next != nil {
		next.reused = true
		s.write(one, next)
	}
}

// The first one that waits, without those whose time is over; called with the lock.
func (s *sender) next() *shot {
	for len(s.waiting) > 0 {
		first := s.waiting[0]
		s.waiting = s.waiting[1:]
		if time.Since(first.intended) < s.timeout {
			return first
		}
		go s.end(first, "timeout")
	}
	return nil
}

func (s *sender) end(made *shot, outcome string) {
	made.ended = time.Now()
	made.outcome = outcome
	if made.sent.IsZero() {
		made.sent = made.ended
	}
	s.pending.Done()
}

func failure(err error) string {
	var asNet net.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &asNet) && asNet.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "closed"
	default:
		return err.Error()
	}
}
