package front

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A connection may be idle for three minutes, and a head must be there within one; an
// answer may take as long as it likes.
func TestLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := &Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release })}
		ends := map[string]time.Duration{"": idlePatience, "GET /x HTTP": headPatience, get: 0}
		began := time.Now()
		var running sync.WaitGroup
		for said, limit := range ends {
			client, server := net.Pipe()
			s.begin(server)
			running.Go(func() {
				defer client.Close()
				io.WriteString(client, said)
				if n, err := client.Read(make([]byte, 1)); limit == 0 {
					if err != nil || n != 1 {
						t.Errorf("it ended after %s", time.Since(began))
					}
				} else if took := time.Since(began); err == nil || took < limit || took > limit+2*limitsEvery {
					t.Errorf("%q: %v after %s", said, err, took)
				}
			})
		}
		<-time.After(time.Hour)
		close(release)
		running.Wait()
		s.Close()
	})
}

// Stop closes what is idle, waits for what is served, and lets nothing more begin.
func TestStop(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	s := &Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(begun)
		<-release
	})}
	dial := started(t, s)
	waits, busy := dial(), dial()
	io.WriteString(busy, get)
	<-begun
	stopped := make(chan struct{})
	go func() {
		s.Stop(context.Background())
		close(stopped)
	}()
	if _, err := waits.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("what is idle: %v", err)
	}
	if s.serving() == 0 { // it waits until Stop has seen to each
		t.Error("what is served is forgotten")
	}
	select {
	case <-stopped:
		t.Error("it has stopped while a request is served")
	default:
	}
	close(release)
	if out, err := io.ReadAll(busy); !strings.HasPrefix(string(out), "HTTP/1.1 200 OK\r\n") || err != nil {
		t.Errorf("what is served: %q %v", out, err)
	}
	<-stopped
	late := dial()
	if _, err := late.Read(make([]byte, 1)); err == nil {
		t.Error("a connection begins after the end")
	}
}

// Cancel ends the contexts of those that are served, and Close waits for their handlers.
func TestCancel(t *testing.T) {
	begun := make(chan struct{})
	var over bool
	s := &Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		over = true
	})}
	nc := started(t, s)()
	io.WriteString(nc, get)
	<-begun
	s.Cancel()
	s.Close()
	if !over {
		t.Error("Close has not waited")
	}
}

// A handler that panics harms its own connection alone, and is told of.
func TestPanic(t *testing.T) {
	told := make(chan any, 1)
	dial := started(t, &Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }), Panicked: func(v any) { told <- v }})
	nc := dial()
	io.WriteString(nc, get)
	if out, _ := io.ReadAll(nc); len(out) > 0 || <-told != "x" {
		t.Errorf("%q", out)
	}
}

// G7: what a client has said behind its request for an upgrade is there.
func TestHijack(t *testing.T) {
	said := make(chan string, 1)
	out, err := exchange(t, func(w http.ResponseWriter, r *http.Request) {
		nc, early, err := w.(*Client).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer nc.Close()
		io.WriteString(nc, "raw")
		said <- string(early)
		if _, _, err := w.(*Client).Hijack(); err == nil {
			t.Error("twice")
		}
	}, get+"early")
	if out != "raw" || <-said != "early" || err != nil {
		t.Errorf("%q %v", out, err)
	}
}

// HTTP/2 begins with its preface, which is handed over whole.
func TestHandover(t *testing.T) {
	const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	var h Handover
	nc := started(t, &Server{HTTP2: h.Give})()
	io.WriteString(nc, preface+"rest")
	got, err := h.Accept()
	if err != nil {
		t.Fatal(err)
	}
	all := make([]byte, len(preface+"rest"))
	if _, err := io.ReadFull(got, all); string(all) != preface+"rest" || err != nil {
		t.Errorf("%q %v", all, err)
	}
	got.Close()
	h.Close()
	if _, err := h.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	mine, his := net.Pipe()
	h.Give(his)
	if _, err := mine.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("behind the end: %v", err)
	}
}
