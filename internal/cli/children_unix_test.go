//go:build unix

package cli

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// childLife ends a child that a broken test has left behind.
const (
	childLife = 2 * time.Minute
	tickPause = 10 * time.Millisecond // of what prints without end
)

// notePID leaves the process's number for the `gone` command of scripts.
func notePID() {
	os.WriteFile(filepath.Join(os.Getenv("PIDS"), strconv.Itoa(os.Getpid())), nil, 0o644)
}

// serveChild is a backend: serve [flags] PATH=BODY… answers these and 404 to
// all else, on $PORT.
func serveChild() {
	notePID()
	name := flag.String("name", "", "said in every answer")
	delay := flag.Duration("delay", 0, "before it listens")
	addr := flag.String("addr", "127.0.0.1", "address to listen on")
	port := flag.String("port", os.Getenv("PORT"), "port to listen on")
	deaf := flag.Bool("deaf", false, "ignore TERM and INT")
	version := flag.String("version", "", "a file that is read at the start and sent as X-Version")
	tells := flag.Bool("tells", false, "print each request")
	crash := flag.String("crash", "", "a path whose request ends the process with status 9")
	flag.Parse()
	if *deaf {
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
	}
	read, _ := os.ReadFile(*version)
	routes := map[string]string{}
	for _, arg := range flag.Args() {
		path, body, _ := strings.Cut(arg, "=")
		routes[path] = body
	}
	await(*delay)
	l, err := net.Listen("tcp", net.JoinHostPort(*addr, *port))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("%s listens on %s\n", *name, *port)
	time.AfterFunc(childLife, func() { os.Exit(1) })
	http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == *crash {
			os.Exit(9)
		}
		if *tells {
			fmt.Println("asked for", r.Method, r.URL.Path)
		}
		w.Header().Set("X-Version", strings.TrimSpace(string(read)))
		body, ok := routes[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = "nothing at " + r.URL.Path
		}
		fmt.Fprintf(w, "%s: %s", *name, body)
	}))
}

// npmChild is what "npm run dev -- --port N" is for a front end: one page for every
// path.
func npmChild() {
	notePID()
	_, port, _ := strings.Cut(strings.Join(os.Args, " "), "--port ")
	port, _, _ = strings.Cut(port, " ")
	answer("npm", port, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<h1>the page</h1>")
	})
}

// nodeChild is what "node server.js" is for an API on $PORT.
func nodeChild() {
	notePID()
	answer("node", os.Getenv("PORT"), func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/", "/api/users":
			fmt.Fprint(w, "API at "+r.URL.Path)
		default:
			http.Error(w, "the API has nothing at "+r.URL.Path, http.StatusNotFound)
		}
	})
}

func answer(name, port string, h http.HandlerFunc) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("%s listens on %s\n", name, port)
	time.AfterFunc(childLife, func() { os.Exit(1) })
	http.Serve(l, h)
}

func await(d time.Duration) { <-time.After(d) }

// crashChild prints some lines and ends: crash CODE LINES; a CODE of KILL is
// the signal.
func crashChild() {
	notePID()
	lines, _ := strconv.Atoi(os.Args[2])
	for i := range lines {
		fmt.Println("line", i+1)
	}
	fmt.Print("no newline at the end")
	if os.Args[1] == "KILL" {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		await(childLife)
	}
	code, _ := strconv.Atoi(os.Args[1])
	os.Exit(code)
}

// floodChild prints lines as fast as they are taken, with another in their midst,
// and stays: flood LINES LINE.
func floodChild() {
	notePID()
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	lines, _ := strconv.Atoi(os.Args[1])
	for i := range lines {
		if i == lines/2 {
			fmt.Fprintln(out, os.Args[2])
		}
		fmt.Fprintln(out, "line", i)
	}
	out.Flush()
	await(childLife)
}

// familyChild is a process that starts others, as npm and go run do: family
// DEPTH [serve's arguments]. The innermost ignores TERM without arguments.
func familyChild() {
	notePID()
	depth, _ := strconv.Atoi(os.Args[1])
	rest := os.Args[2:]
	if depth == 0 {
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		fmt.Println("innermost is up")
		await(childLife)
		return
	}
	cmd := exec.Command("family", append([]string{strconv.Itoa(depth - 1)}, rest...)...)
	if depth == 1 && len(rest) > 0 {
		cmd = exec.Command("serve", rest...)
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		os.Exit(1)
	}
}

// pollChild asks a URL again and again, each time on a connection of its own, and
// prints a header of the answer when it is another one: poll URL HEADER.
func pollChild() {
	notePID()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	last := ""
	for range int(childLife / tickPause) {
		if answer, err := client.Get(os.Args[1]); err == nil {
			answer.Body.Close()
			if now := answer.Header.Get(os.Args[2]); now != last {
				fmt.Println(now)
				last = now
			}
		}
		await(tickPause)
	}
}

// talkChild listens and speaks no HTTP, or not yet: talk KIND --port PORT. A redis
// answers each line, a silent one nothing, and a late one in HTTP once there is a
// file of the name "answer".
func talkChild() {
	notePID()
	kind := os.Args[1]
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Args[3])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	time.AfterFunc(childLife, func() { os.Exit(1) })
	for {
		conn, err := l.Accept()
		if err != nil {
			os.Exit(1)
		}
		go talk(conn, kind)
	}
}

func talk(conn net.Conn, kind string) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		switch {
		case err != nil:
			return
		case kind == "redis":
			fmt.Printf("asked for %q\n", line)
			fmt.Fprint(conn, "-ERR unknown command\r\n")
		case kind == "late" && line == "\r\n":
			eventually(func() bool { _, err := os.Stat("answer"); return err == nil })
			fmt.Fprint(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			return
		}
	}
}

// taskChild prints its arguments and its environment's PORT and ends well.
func taskChild() {
	notePID()
	await(50 * time.Millisecond)
	fmt.Println(strings.Join(os.Args[1:], " "))
}
