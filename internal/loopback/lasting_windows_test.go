package loopback

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// G13: clients that break off before they are let in end nothing.
func TestAListenerOutlivesClientsThatBreakOff(t *testing.T) {
	l, err := ListenAt("127.0.0.1:0", 0)
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				over <- err
				return
			}
			go func() { io.WriteString(conn, "x"); conn.Close() }()
		}
	}()
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for range 50 {
				if conn, err := net.DialTimeout("tcp", l.Addr().String(), time.Second); err == nil {
					conn.(*net.TCPConn).SetLinger(0)
					conn.Close()
				}
			}
		})
	}
	clients.Wait()
	select {
	case err := <-over:
		t.Fatal(err)
	default:
	}
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(conn); string(text) != "x" {
		t.Errorf("%q, %v", text, err)
	}
	l.Close()
	<-over
}
