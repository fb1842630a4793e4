package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// SocketPath is where the devgate of the project at root listens, if it is this
// process: a named pipe. Whoever looks for one that runs goes by its Record.
func SocketPath(root string) string {
	return `\\.\pipe\devgate-` + keyOf(root) + "-" + strconv.Itoa(os.Getpid())
}

// userFolder is where the devgates of this user have what is not a project's.
func userFolder() string {
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "devgate")
	}
	return filepath.Join(os.TempDir(), "devgate")
}

// userFolders is userFolder alone: it does not go by how devgate was started.
func userFolders() []string { return []string{userFolder()} }

// makeUserFolder makes a folder for this user alone. What is in a user's profile is:
// others have no right to it.
func makeUserFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder of devgate: %w", err)
	}
	return checkOwner(dir)
}

// checkOwner refuses what is no folder.
func checkOwner(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("check folder of devgate: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s must be a folder", dir)
	}
	return nil
}

const (
	pipeBuffer = 64 << 10
	// pipePause is how long a client waits where others are just being let in.
	pipePause = 5 * time.Millisecond
)

// pipeListener lets clients of this user in, one after the other, each to a pipe of its
// own of the same name.
type pipeListener struct {
	name     string
	security *windows.SecurityAttributes
	closing  windows.Handle // an event

	mu      sync.Mutex
	next    windows.Handle // the pipe of who comes next; 0 once closed
	awaited bool           // an Accept waits at it, and closes it
}

// Listen opens the pipe that path names, for this user alone; Open answers on it. Where
// somebody has one of this name already it is an error: it would be asked what is meant for us.
func Listen(path string) (net.Listener, error) {
	security, err := ownerOnly()
	if err != nil {
		return nil, fmt.Errorf("open control pipe: %w", err)
	}
	closing, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return nil, fmt.Errorf("open control pipe: %w", err)
	}
	l := &pipeListener{name: path, security: security, closing: closing}
	if l.next, err = l.open(windows.FILE_FLAG_FIRST_PIPE_INSTANCE); err != nil {
		windows.CloseHandle(closing)
		return nil, fmt.Errorf("open control pipe: %w", err)
	}
	return l, nil
}

// ownerOnly gives this user all rights and nobody else any.
func ownerOnly() (*windows.SecurityAttributes, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	descriptor, err := windows.SecurityDescriptorFromString("D:P(A;;GA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		return nil, err
	}
	attributes := windows.SecurityAttributes{SecurityDescriptor: descriptor}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	return &attributes, nil
}

func (l *pipeListener) open(flags uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(l.name)
	if err != nil {
		return 0, err
	}
	return windows.CreateNamedPipe(name, windows.PIPE_ACCESS_DUPLEX|windows.FILE_FLAG_OVERLAPPED|flags,
		windows.PIPE_TYPE_BYTE|windows.PIPE_REJECT_REMOTE_CLIENTS, windows.PIPE_UNLIMITED_INSTANCES, pipeBuffer, pipeBuffer, 0, l.security)
}

// Accept implements net.Listener. One goroutine at a time calls it.
func (l *pipeListener) Accept() (net.Conn, error) {
	l.mu.Lock()
	pipe := l.next
	l.awaited = pipe != 0
	l.mu.Unlock()
	if pipe == 0 {
		return nil, l.closed()
	}
	if err := l.await(pipe); err != nil {
		return nil, err
	}
	// The next one is there before this one is answered: else there would be moments in
	// which nobody finds any.
	next, err := l.open(0)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == 0 || err != nil {
		if err == nil {
			windows.CloseHandle(next)
		}
		windows.CloseHandle(pipe)
		l.next = 0
		return nil, errors.Join(err, l.closed())
	}
	l.next, l.awaited = next, false
	return pipeConn{os.NewFile(uintptr(pipe), l.name)}, nil
}

// await returns nil once a client has opened the pipe.
func (l *pipeListener) await(pipe windows.Handle) error {
	connected, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(connected)
	waiting := &windows.Overlapped{HEvent: connected}
	switch err := windows.ConnectNamedPipe(pipe, waiting); {
	case err == nil, errors.Is(err, windows.ERROR_PIPE_CONNECTED), errors.Is(err, windows.ERROR_NO_DATA): // was faster; has left again
		return nil
	case !errors.Is(err, windows.ERROR_IO_PENDING):
		return fmt.Errorf("accept a client: %w", err)
	}
	which, err := windows.WaitForMultipleObjects([]windows.Handle{connected, l.closing}, false, windows.INFINITE)
	if err == nil && which == windows.WAIT_OBJECT_0 {
		return nil
	}
	windows.CancelIoEx(pipe, waiting)
	var none uint32
	windows.GetOverlappedResult(pipe, waiting, &none, true) // the system writes to waiting until then
	windows.CloseHandle(pipe)
	return l.closed()
}

func (l *pipeListener) closed() error {
	return &net.OpError{Op: "accept", Net: "pipe", Addr: pipeAddr(l.name), Err: net.ErrClosed}
}

// Close implements net.Listener. Accept ends with it.
func (l *pipeListener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == 0 {
		return l.closed()
	}
	if !l.awaited {
		windows.CloseHandle(l.next)
	}
	l.next = 0
	return windows.SetEvent(l.closing)
}

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return pipeAddr(l.name) }

// pipeAddr is the name of a pipe.
type pipeAddr string

// Network implements net.Addr.
func (pipeAddr) Network() string { return "pipe" }

// String implements net.Addr.
func (a pipeAddr) String() string { return string(a) }

// pipeConn is one end of a pipe with a client.
type pipeConn struct{ *os.File }

// Read implements net.Conn.
func (c pipeConn) Read(p []byte) (int, error) {
	n, err := c.File.Read(p)
	return n, c.failure("read", err)
}

// Write implements net.Conn.
func (c pipeConn) Write(p []byte) (int, error) {
	n, err := c.File.Write(p)
	return n, c.failure("write", err)
}

// failure is an error of a file as that of a connection. Package net/http knows its own
// deadline by that: another error ends the request, also one whose connection was handed
// over.
func (c pipeConn) failure(op string, err error) error {
	var path *os.PathError
	if !errors.As(err, &path) {
		return err
	}
	cause := path.Err
	if errors.Is(cause, os.ErrClosed) {
		cause = net.ErrClosed
	}
	return &net.OpError{Op: op, Net: "pipe", Addr: c.RemoteAddr(), Err: cause}
}

// LocalAddr implements net.Conn.
func (c pipeConn) LocalAddr() net.Addr { return pipeAddr(c.Name()) }

// RemoteAddr implements net.Conn.
func (c pipeConn) RemoteAddr() net.Addr { return pipeAddr(c.Name()) }

// dial connects to where a devgate says that it listens, and makes sure that it is that
// devgate who answers.
func dial(ctx context.Context, record Record) (net.Conn, error) {
	pipe, err := openPipe(ctx, record.Socket)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "pipe", Addr: pipeAddr(record.Socket), Err: err}
	}
	var server uint32
	if err := windows.GetNamedPipeServerProcessId(pipe, &server); err != nil || int(server) != record.PID {
		windows.CloseHandle(pipe)
		return nil, fmt.Errorf("the pipe %s is not that of the devgate with pid %d", record.Socket, record.PID)
	}
	return pipeConn{os.NewFile(uintptr(pipe), record.Socket)}, nil
}

// openPipe opens a pipe as soon as it lets somebody in. Who has it may see who asks, and
// not act as that user.
func openPipe(ctx context.Context, path string) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	const flags = windows.FILE_FLAG_OVERLAPPED | windows.SECURITY_SQOS_PRESENT | windows.SECURITY_IDENTIFICATION
	for {
		pipe, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, flags, 0)
		if !errors.Is(err, windows.ERROR_PIPE_BUSY) {
			return pipe, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(pipePause):
		}
	}
}
