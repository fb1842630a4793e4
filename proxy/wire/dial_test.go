package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"

	"devgate/internal/loopback"
	"devgate/internal/oserr"
	"devgate/internal/testport"
)

const okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// G11: "localhost" is both addresses: whoever listens is found, 127.0.0.1 first,
// remembered, and found again when it has changed its family.
func TestBothFamiliesAreDialled(t *testing.T) {
	for _, where := range [][]string{loopback.Hosts()[:1], loopback.Hosts()[1:], loopback.Hosts()} {
		t.Run(fmt.Sprint(where), func(t *testing.T) {
			port := strconv.Itoa(testport.One(t))
			for _, a := range where {
				server(t, net.JoinHostPort(a, port), says(okAnswer))
			}
			d := newDialer(Origin{Address: net.JoinHostPort("localhost", port)})
			other := net.JoinHostPort(where[0], "1")
			for _, known := range []*string{nil, d.winner.Load(), &other} {
				if known != nil {
					d.winner.Store(known)
				}
				nc, err := d.dial(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				nc.Close()
				if w := d.winner.Load(); w == nil || *w != net.JoinHostPort(where[0], port) {
					t.Errorf("%v is remembered", w)
				}
			}
			if d.forget(); d.winner.Load() != nil {
				t.Error("the winner is not forgotten")
			}
		})
	}
}

// Who could not connect has sent nothing, and the error says so with its reason.
func TestDialError(t *testing.T) {
	address := net.JoinHostPort("localhost", strconv.Itoa(testport.One(t)))
	for _, o := range []Origin{{Address: address}, {Address: address, H2C: true}} {
		_, err := NewTransport(o, new(sync.WaitGroup)).RoundTrip(t.Context(), get("/"), Try{})
		if d := new(DialError); !errors.As(err, &d) || !oserr.Refused.In(err) {
			t.Errorf("H2C %t: %v", o.H2C, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newDialer(Origin{Address: address}).dial(ended); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if !slices.Equal(loopback.Hosts(), []string{"127.0.0.1", "::1"}) {
		t.Error("another order of addresses")
	}
}
