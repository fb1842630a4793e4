package port

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"devgate/internal/testwine"
)

func listen(t *testing.T, addr string) (net.Listener, int) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, l.Addr().(*net.TCPAddr).Port
}

// P4: told on both address families, with the owner.
func TestABusyPortIsSeenOnEveryAddressAndItsOwnerNamed(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "[::]:0"} {
		_, port := listen(t, addr)
		err := Check(port)
		var busy *BusyError
		if !errors.As(err, &busy) {
			t.Fatalf("%s: got %v", addr, err)
		}
		want := ownProcess()
		if testwine.PortOwners.Differs() {
			want = Owner{}
		}
		if got := busy.Owner; got.PID != want.PID || got.Dir != want.Dir || !strings.Contains(got.Command, want.Command) {
			t.Errorf("%s: owner %+v", addr, got)
		}
	}
}

func TestAConnectionInTimeWaitDoesNotMakeAPortBusy(t *testing.T) {
	l, port := listen(t, "127.0.0.1:0")
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	server.Close() // the side that closes first keeps the TIME_WAIT
	client.Read(make([]byte, 1))
	client.Close()
	l.Close()
	if err := Check(port); err != nil {
		t.Error(err)
	}
}

// P3: the next start waits until the port is free.
func TestWaitFreeReturnsWhenTheListenerIsGone(t *testing.T) {
	l, port := listen(t, "[::1]:0")
	free := make(chan error)
	go func() { free <- WaitFree(t.Context(), port) }()
	select {
	case err := <-free:
		t.Fatalf("it returned while the port was busy: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	l.Close()
	if err := <-free; err != nil {
		t.Error(err)
	}
}

func TestWaitFreeNamesTheOwnerWhenItsTimeIsOver(t *testing.T) {
	_, port := listen(t, "127.0.0.1:0")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var busy *BusyError
	named := func() bool { return busy.Owner.PID == os.Getpid() || testwine.PortOwners.Differs() }
	if err := WaitFree(ctx, port); !errors.As(err, &busy) || !named() {
		t.Errorf("got %v", err)
	}
}

func TestFreeAndStableGivePortsThatNobodyHas(t *testing.T) {
	free, err := Free(nil)
	if err != nil || Check(free) != nil {
		t.Errorf("port %d: %v", free, err)
	}
	first, err := Stable("/home/me/shop", nil)
	again, _ := Stable("/home/me/shop", nil)
	other, _ := Stable("/home/me/shop", map[int]bool{first: true})
	if err != nil || first != again || other == first || first < 20000 || first > 29999 {
		t.Errorf("got %d, %d, %d, %v", first, again, other, err)
	}
}

func TestTheOwnerReadsAsTheEndOfASentence(t *testing.T) {
	for _, c := range []struct {
		owner Owner
		want  string
	}{
		{Owner{}, "port 3000 is in use by another user's process"},
		{Owner{PID: 22014, Command: "next dev", Dir: "/src/old-shop", Age: 50 * time.Hour},
			"port 3000 is in use by pid 22014, `next dev`, in /src/old-shop, up 2 days"},
		{Owner{PID: 7, Command: strings.Repeat("é", 200), Age: 61 * time.Minute},
			"port 3000 is in use by pid 7, `" + strings.Repeat("é", 99) + "…`, up 1 hour"},
		{Owner{PID: 7, Age: 3 * time.Second}, "port 3000 is in use by pid 7, up 3 s"},
		{Owner{PID: 7, Age: 5 * time.Minute}, "port 3000 is in use by pid 7, up 5 minutes"},
	} {
		if got := (&BusyError{Port: 3000, Owner: c.owner}).Error(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
