package port

import (
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/windows"

	"devgate/internal/loopback"
	"devgate/internal/oserr"
)

// Reserved reports whether the system keeps a port for itself now. It takes a try, and
// starts nothing.
func Reserved(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort(loopback.IPv4, strconv.Itoa(port)))
	if err == nil {
		l.Close()
	}
	return oserr.Forbidden.In(err)
}

// reserved is the *ReservedError about a port that may not be listened on: no port needs a
// right here.
func reserved(port int, err error) error { return reservedError(port, ranges(), err) }

// netshPatience is how long the system's program may take to tell the ranges.
const netshPatience = 3 * time.Second

// ranges are what the system keeps for itself, of both families; nil where it does not tell.
func ranges() (all []portRange) {
	system, err := windows.GetSystemDirectory()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), netshPatience)
	defer cancel()
	for _, family := range []string{"ipv4", "ipv6"} {
		netsh := exec.CommandContext(ctx, filepath.Join(system, "netsh.exe"), "int", family, "show", "excludedportrange", "protocol=tcp")
		netsh.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
		netsh.WaitDelay = time.Second // what it may have started holds its output open
		text, _ := netsh.Output()
		all = append(all, rangesIn(string(text))...)
	}
	return all
}
