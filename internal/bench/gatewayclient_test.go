package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// client is one keep-alive connection. It does by hand what a request needs,
// so that little of what is measured is its own.
type client struct {
	net.Conn
	in *bufio.Reader
}

func dialClient(port int) (*client, error) {
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	nc.SetDeadline(time.Now().Add(8 * time.Second)) // some peers never answer some requests
	return &client{nc, bufio.NewReaderSize(nc, 16<<10)}, nil
}

func requestHead(method, path, more string) []byte {
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\nCookie: a=b\r\n%s\r\n", method, path, more)
}

// head reads an answer's; -1 is a body of unknown length.
func (c *client) head() (status int, length int64, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("status line %q", line)
	}
	status, err = strconv.Atoi(string(line[9:12]))
	length = -1
	for err == nil {
		if line, err = c.in.ReadSlice('\n'); len(line) <= 2 {
			break
		}
		if i := len("Content-Length:"); len(line) > i && bytes.EqualFold(line[:i], []byte("Content-Length:")) {
			length, err = strconv.ParseInt(string(bytes.TrimSpace(line[i:])), 10, 64)
		}
	}
	return status, length, err
}

// ask sends a request and reads its answer, whose length must be told.
func (c *client) ask(request []byte) (int, error) {
	if _, err := c.Write(request); err != nil {
		return 0, err
	}
	status, length, err := c.head()
	if err == nil && length > 0 {
		_, err = c.in.Discard(int(length))
	}
	if err == nil && length < 0 {
		err = fmt.Errorf("%d without a length", status)
	}
	return status, err
}

// get asks once; a status of 0 is no answer.
func get(port int, path string) (int, error) {
	c, err := dialClient(port)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	return c.ask(requestHead("GET", path, ""))
}

// flood asks over so many connections for so long.
func flood(port int, path string, connections int, d time.Duration) (answers int64, took time.Duration, err error) {
	request := requestHead("GET", path, "")
	var n atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, connections)
	began := time.Now()
	for range connections {
		wg.Go(func() {
			c, err := dialClient(port)
			if err != nil {
				errs <- err
				return
			}
			defer c.Close()
			for time.Since(began) < d {
				if status, err := c.ask(request); status != 200 || err != nil {
					errs <- fmt.Errorf("%s: %d, %v", path, status, err)
					return
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	close(errs)
	return n.Load(), time.Since(began), <-errs
}

// oneByOne is the median of so many requests, after some to get warm.
func oneByOne(port int, path string, warm, requests int) (time.Duration, error) {
	c, err := dialClient(port)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	request := requestHead("GET", path, "")
	var all []time.Duration
	for i := range warm + requests {
		began := time.Now()
		if status, err := c.ask(request); status != 200 || err != nil {
			return 0, fmt.Errorf("%s: %d, %v", path, status, err)
		}
		if i >= warm {
			all = append(all, time.Since(began))
		}
	}
	return median(all), nil
}

// inTurn is the median of requests to several ports, one after the other; what
// each answers does not matter.
func inTurn(ports []int, path string, warm, rounds int) (time.Duration, error) {
	var clients []*client
	for _, port := range ports {
		c, err := dialClient(port)
		if err != nil {
			return 0, err
		}
		defer c.Close()
		clients = append(clients, c)
	}
	request := requestHead("GET", path, "")
	var all []time.Duration
	for i := range warm + rounds {
		for _, c := range clients {
			began := time.Now()
			if _, err := c.ask(request); err != nil {
				return 0, err
			}
			if i >= warm {
				all = append(all, time.Since(began))
			}
		}
	}
	return median(all), nil
}

// upload posts so many bytes and returns the status.
func upload(port int, path string, size int) (time.Duration, error) {
	c, err := dialClient(port)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	block := make([]byte, 256<<10)
	began := time.Now()
	sent := make(chan error, 1)
	go func() {
		_, err := c.Write(requestHead("POST", path, fmt.Sprintf("Content-Length: %d\r\n", size)))
		for left := size; left > 0 && err == nil; left -= len(block) {
			_, err = c.Write(block)
		}
		sent <- err
	}()
	status, length, err := c.head()
	got, _ := io.ReadAll(io.LimitReader(c.in, max(0, length)))
	if err != nil || status != 200 || string(got) != fmt.Sprint(size) {
		return 0, fmt.Errorf("%d %q, %v", status, got, err)
	}
	return time.Since(began), <-sent
}

func download(port int, path string) (time.Duration, error) {
	c, err := dialClient(port)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(30 * time.Second))
	began := time.Now()
	if _, err := c.Write(requestHead("GET", path, "")); err != nil {
		return 0, err
	}
	status, _, err := c.head()
	if err != nil || status != 200 {
		return 0, fmt.Errorf("%d, %v", status, err)
	}
	block := make([]byte, 256<<10)
	const size = 1 << 30
	for n := c.in.Buffered(); n < size; {
		got, err := c.Read(block)
		if n += got; err != nil && n < size {
			return 0, err
		}
	}
	return time.Since(began), nil
}
