package cli

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// workload is what a victim runs.
type workload struct {
	name, command string
	processes     int           // that carry the token once all are up
	grace         time.Duration // 0: victimGrace
	more          string        // lines of its table
	request       bool          // one to the gateway is running, which delays the end for up to a second
	prepare       func(*victim) // once all are up; nil: nothing
}

func (l workload) limit() time.Duration {
	limit := cmp.Or(l.grace, victimGrace) + limitAfterGrace
	if l.request {
		limit += time.Second
	}
	return limit
}

// How a load and its test tell each other how far they are.
const (
	askedFile = "asked" // in the folder of the project
	deafFile  = "deaf"
	askedPath = "/asked" // of the request after which the server ends
)

const (
	victimGrace     = 200 * time.Millisecond
	limitAfterGrace = time.Second
	orphanGrace     = 8 * time.Second // within which the test sees it
)

var loads = []workload{
	{name: "normal", command: "load normal TOKEN", processes: 1},
	{name: "ignores every signal", command: "load ignore TOKEN", processes: 1},
	{name: "shell with a background job", command: "load normal TOKEN & load normal TOKEN", processes: 3},
	{name: "tree like npm's", command: "load tree TOKEN", processes: 4},
	{name: "grandchild in its own session", command: "load setsid TOKEN", processes: 2},
	{name: "double-forked daemon", command: "load double TOKEN", processes: 2},
	{name: "daemon with an emptied environment", command: "load scrub TOKEN", processes: 2},
	{name: "child that leaves its port late", command: "load late TOKEN", processes: 2, more: "port = PORT"},
	{name: "fork storm", command: "load storm TOKEN", processes: 2},
	{name: "ignores every signal, in a terminal of its own", command: "load ignore TOKEN", processes: 1, more: "pty = true"},
	{name: "double-forked daemon, out of a terminal of its own", command: "load double TOKEN", processes: 2, more: "pty = true"},
	{name: "deaf child of a leader that has gone", command: "load orphan TOKEN", processes: 1, grace: orphanGrace,
		more: `restart = "never"`, prepare: (*victim).awaitOrphan},
	{name: "stop command that hangs", command: "load normal TOKEN", processes: 1, more: `stop = "load ignore TOKEN"`},
	{name: "server that ends by itself while its requests drain", command: "load ask TOKEN", processes: 1, request: true,
		more: "port = PORT\nrestart = \"never\"\nstop = \"load ignore TOKEN\"", prepare: (*victim).ask},
}

// loadChild plays a process that does not want to end: load KIND TOKEN [PART].
func loadChild() {
	kind, token := os.Args[1], os.Args[2]
	part := append(os.Args, "leader")[3]
	time.AfterFunc(childLife, func() { os.Exit(1) })
	switch kind {
	case "ignore":
		ignoreSignals()
	case "late":
		late(token, part)
	case "tree":
		if next := map[string]string{"leader": "1", "1": "2", "2": "last"}[part]; next != "" {
			again(false, os.Environ(), kind, token, next).Wait()
		}
	case "setsid":
		if part == "leader" {
			again(true, os.Environ(), kind, token, "last")
		}
	case "double":
		daemonize(kind, token, part, os.Environ())
	case "scrub":
		daemonize(kind, token, part, []string{})
	case "orphan":
		orphan(token, part)
	case "ask":
		endOnceAsked()
	case "storm":
		storm(token, part)
	}
	await(childLife)
}

// late ends at once and has a child that leaves its port only a while later.
func late(token, part string) {
	if part == "leader" {
		again(false, os.Environ(), "late", token, "last")
		endOnTerm(0)
		return
	}
	if _, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT")); err != nil {
		os.Exit(1)
	}
	endOnTerm(150 * time.Millisecond)
}

// daemonize forks twice into sessions of their own; what is left at last hears no
// signal.
func daemonize(kind, token, part string, env []string) {
	switch part {
	case "leader":
		again(true, env, kind, token, "middle").Wait()
	case "middle":
		again(true, env, kind, token, "last")
		os.Exit(0)
	default:
		ignoreSignals()
	}
}

// orphan leaves behind a child that hears no signal.
func orphan(token, part string) {
	if part == "leader" {
		again(false, os.Environ(), "orphan", token, "last")
		for !isThere(deafFile) {
			await(time.Millisecond)
		}
		os.Exit(1)
	}
	ignoreSignals()
	os.WriteFile(deafFile, nil, 0o644)
}

func ignoreSignals() {
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT)
}

func isThere(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// endOnTerm ends the process a while after TERM.
func endOnTerm(later time.Duration) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGTERM)
	go func() { // ends with the process
		<-caught
		await(later)
		os.Exit(0)
	}()
}

// endOnceAsked is a server that does not answer a request for one path: a moment
// later it ends by itself. A file tells that it was asked.
func endOnceAsked() {
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != askedPath { // devgate's own look for front ends that answer everything
			http.NotFound(w, r)
			return
		}
		os.WriteFile(askedFile, nil, 0o644)
		await(500 * time.Millisecond)
		os.Exit(1)
	}))
}

// storm is one of a bounded chain: each forks the next and ends a moment later,
// so that a few of them live at any time.
func storm(token, part string) {
	if part == "leader" {
		again(true, os.Environ(), "storm", token, "500")
		return
	}
	if n, _ := strconv.Atoi(part); n > 0 {
		again(true, os.Environ(), "storm", token, strconv.Itoa(n-1))
		await(100 * time.Millisecond)
		os.Exit(0)
	}
}

// again starts another part of a load, in a session of its own if asked.
func again(session bool, env []string, args ...string) *exec.Cmd {
	self, _ := os.Executable()
	cmd := &exec.Cmd{Path: self, Args: append([]string{"load"}, args...), Env: env, SysProcAttr: &syscall.SysProcAttr{Setsid: session}}
	if !session {
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	}
	if err := cmd.Start(); err != nil {
		os.Exit(1)
	}
	return cmd
}
