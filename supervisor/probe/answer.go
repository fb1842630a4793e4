package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"devgate/internal/oserr"
)

// ErrNotHTTP is what AnswersHTTP finds where something answers in another
// protocol.
var ErrNotHTTP = errors.New("it does not speak HTTP")

const (
	// interrupting is how long a server has to answer half a request. One of HTTP
	// waits for the rest; others speak first, or take the line for one of theirs.
	interrupting = 30 * time.Millisecond
	// draining is how long the rest of an answer is read: an aborted answer would be
	// a stack trace in some servers' logs.
	draining = 500 * time.Millisecond
)

// AnswersHTTP is ready when what listens on the port answers a request in HTTP/1,
// whatever its status. Whoever speaks another protocol gets to see one line of it:
// to a "Host" redis says that it is under attack.
func AnswersHTTP(port int) Attempt {
	return func(ctx context.Context) error {
		conn, err := dial(ctx, port)
		if err != nil {
			return err
		}
		defer conn.Close()
		defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
		return askHTTP(ctx, conn, port)
	}
}

func askHTTP(ctx context.Context, conn net.Conn, port int) error {
	if _, err := io.WriteString(conn, "GET /__devgate_probe HTTP/1.1\r\n"); err != nil {
		return noAnswer(port, err)
	}
	conn.SetReadDeadline(time.Now().Add(interrupting))
	head, err := readHead(conn, "")
	if head == "" && errors.Is(err, os.ErrDeadlineExceeded) {
		conn.SetReadDeadline(time.Time{})
		if ctx.Err() != nil { // its deadline has just been taken away
			return noAnswer(port, ctx.Err())
		}
		if _, err := fmt.Fprintf(conn, "Host: localhost:%d\r\nUser-Agent: devgate\r\nAccept: */*\r\nConnection: close\r\n\r\n", port); err != nil {
			return noAnswer(port, err)
		}
		head, err = readHead(conn, head)
	}
	switch {
	case head == protocolName:
		conn.SetReadDeadline(time.Now().Add(draining))
		io.CopyN(io.Discard, conn, 64<<10)
		return nil
	case head == "" || strings.HasPrefix(protocolName, head):
		return noAnswer(port, err)
	}
	return fmt.Errorf("localhost:%d: %w", port, ErrNotHTTP)
}

// protocolName is how each answer begins.
const protocolName = "HTTP/"

// readHead reads as much of an answer as shows whether it is one in HTTP; head is
// what was read before.
func readHead(conn net.Conn, head string) (string, error) {
	buf := make([]byte, len(protocolName))
	for len(head) < len(protocolName) && strings.HasPrefix(protocolName, head) {
		n, err := conn.Read(buf[:len(protocolName)-len(head)])
		if head += string(buf[:n]); err != nil {
			return head, err
		}
	}
	return head, nil
}

func noAnswer(port int, err error) error {
	if errors.Is(err, io.EOF) || oserr.Reset.In(err) || oserr.BrokenPipe.In(err) {
		return fmt.Errorf("localhost:%d accepts a connection and closes it without an answer", port)
	}
	return fmt.Errorf("localhost:%d accepts a connection, and no answer has come yet", port)
}
