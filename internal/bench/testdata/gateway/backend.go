package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

var (
	body = `{"data":"` + strings.Repeat("x", 1000) + `"}`
	hit  = answer("200 OK", "application/json", body)
	miss = answer("404 Not Found", "text/plain", "not found")

	accepted atomic.Int64 // connections so far
	left     atomic.Int64 // when a client of /hang was gone, in ns
)

func answer(status, kind, body string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", status, kind, len(body), body)
}

// backend answers by hand, at so little cost that what is measured is the
// gateway.
func backend(address, mine string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		nc, err := l.Accept()
		if err != nil {
			return err
		}
		accepted.Add(1)
		go (&conn{Conn: nc, in: bufio.NewReaderSize(nc, 16<<10), mine: mine}).serve()
	}
}

type conn struct {
	net.Conn
	in   *bufio.Reader
	mine string // the prefix of the paths that are known
	last bool   // the client asked for the end of the connection
}

func (c *conn) serve() {
	defer c.Close()
	for {
		target, length, err := c.head()
		if err != nil {
			return
		}
		read, err := c.drain(length)
		if err != nil || !c.answer(target, read) || c.last {
			return
		}
	}
}

// head reads a request's; a length of -1 is a chunked body.
func (c *conn) head() (target string, length int64, err error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return "", 0, err
	}
	_, rest, _ := strings.Cut(line, " ")
	target, _, _ = strings.Cut(rest, " ")
	for {
		field, err := c.in.ReadSlice('\n')
		if err != nil || len(field) <= 2 {
			return target, length, err
		}
		switch field[0] | 0x20 {
		case 'c':
			name, value, _ := strings.Cut(string(field), ":")
			if value = strings.TrimSpace(value); strings.EqualFold(name, "Content-Length") {
				length, _ = strconv.ParseInt(value, 10, 64)
			} else if strings.EqualFold(name, "Connection") {
				c.last = strings.EqualFold(value, "close")
			}
		case 't':
			if name, _, _ := strings.Cut(string(field), ":"); strings.EqualFold(name, "Transfer-Encoding") {
				length = -1
			}
		}
	}
}

func (c *conn) drain(length int64) (int64, error) {
	switch {
	case length == 0:
		return 0, nil
	case length > 0:
		return io.CopyN(io.Discard, c.in, length)
	}
	n, err := io.Copy(io.Discard, httputil.NewChunkedReader(c.in))
	for err == nil { // trailers
		var line []byte
		if line, err = c.in.ReadSlice('\n'); len(line) <= 2 {
			break
		}
	}
	return n, err
}

// answer reports whether the connection can be used again.
func (c *conn) answer(target string, read int64) bool {
	what, known := strings.CutPrefix(target, c.mine)
	if !known && !strings.HasPrefix(target, "/stats") {
		if strings.HasSuffix(target, "/slow") {
			time.Sleep(20 * time.Millisecond)
		}
		_, err := c.Write(miss)
		return err == nil
	}
	switch what {
	case "/stats":
		_, err := c.Write(answer("200 OK", "text/plain", fmt.Sprint(accepted.Load(), " ", left.Load())))
		return err == nil
	case "up":
		_, err := c.Write(answer("200 OK", "text/plain", fmt.Sprint(read)))
		return err == nil
	case "down":
		return c.download()
	case "events":
		return c.events()
	case "hang":
		return c.hang()
	case "socket":
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n") // for the one key that is sent
		io.Copy(io.Discard, c.in)
		return false
	}
	_, err := c.Write(hit)
	return err == nil
}

func (c *conn) download() bool {
	const size = 1 << 30
	fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", size)
	block := make([]byte, 256<<10)
	for range size / len(block) {
		if _, err := c.Write(block); err != nil {
			return false
		}
	}
	return true
}

const eventStream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n"

// events sends the time of each event in it.
func (c *conn) events() bool {
	io.WriteString(c, eventStream)
	for range 50 {
		time.Sleep(5 * time.Millisecond)
		if _, err := c.chunk(fmt.Sprintf("data: %d\n\n", time.Now().UnixNano())); err != nil {
			return false
		}
	}
	_, err := io.WriteString(c, "0\r\n\r\n")
	return err == nil
}

func (c *conn) chunk(text string) (int, error) {
	return fmt.Fprintf(c, "%x\r\n%s\r\n", len(text), text)
}

// hang sends one event and notes when its client has left.
func (c *conn) hang() bool {
	io.WriteString(c, eventStream)
	c.chunk("data: first\n\n")
	c.in.ReadByte()
	left.Store(time.Now().UnixNano())
	return false
}
