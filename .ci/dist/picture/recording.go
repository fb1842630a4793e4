package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
)

const (
	columns = 108
	rows    = 22
	// patience is how long any step may take.
	patience = 2 * time.Minute
	// prompt is what the shell shows.
	prompt = "$ "
)

// recording is what a terminal has got, and when.
type recording struct {
	terminal *os.File

	mu     sync.Mutex
	chunks []chunk
}

type chunk struct {
	at   time.Time
	text string
}

// recordSession starts the example in a shell, asks for a page, saves a file, and ends
// it.
func recordSession(program, example string) (*recording, error) {
	work, err := os.MkdirTemp("", "picture")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	folder := filepath.Join(work, "hello")
	if err := os.CopyFS(folder, os.DirFS(example)); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module hello\n\ngo 1.26\n"), 0o644); err != nil {
		return nil, err
	}
	shell := exec.Command("bash", "--norc", "--noprofile", "-i")
	shell.Dir = folder
	shell.Env = append(os.Environ(), "PS1="+prompt, "TERM=xterm-256color", "HOME="+work, "HISTFILE=", "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"))
	// Go needs its caches where they are.
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return nil, err
		}
		shell.Env = append(shell.Env, name+"="+strings.TrimSpace(string(value)))
	}
	r := &recording{}
	if r.terminal, err = pty.StartWithSize(shell, &pty.Winsize{Rows: rows, Cols: columns}); err != nil {
		return nil, err
	}
	defer func() { r.terminal.Close(); shell.Process.Kill(); shell.Wait() }()
	go r.read() // ends with the terminal
	return r, r.play(folder)
}

// play is the session.
func (r *recording) play(folder string) error {
	api := filepath.Join(folder, "api", "main.go")
	for _, step := range []func() error{
		r.shows(prompt),
		r.types("devgate up\r"),
		r.shows("q quit"),
		r.shows("devgate: ready "),
		r.rests(1500 * time.Millisecond),
		asks("http://localhost:3000/pages/about"),
		r.shows("| " + time.Now().Format("2006/01/02") + " "),
		r.rests(1500 * time.Millisecond),
		saves(api),
		r.shows("→ ready 0."),
		r.rests(2 * time.Second),
		r.types("\x03"),
		r.shows("devgate: stopped in"),
		r.rests(time.Second),
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (r *recording) read() {
	buffer := make([]byte, 4096)
	for {
		n, err := r.terminal.Read(buffer)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.chunks = append(r.chunks, chunk{time.Now(), string(buffer[:n])})
		r.mu.Unlock()
	}
}

// looks are what is no text in what a terminal gets.
var looks = regexp.MustCompile(`\x1b\[[0-9;?]*[a-zA-Z]`)

// text is all that has come, without its looks.
func (r *recording) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all strings.Builder
	for _, c := range r.chunks {
		all.WriteString(c.text)
	}
	return looks.ReplaceAllString(all.String(), "")
}

// shows waits until a text has come.
func (r *recording) shows(text string) func() error {
	return func() error {
		for end := time.Now().Add(patience); !strings.Contains(r.text(), text); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				return fmt.Errorf("%q does not come; there is\n%s", text, r.text())
			}
		}
		return nil
	}
}

// types types at the speed of a person.
func (r *recording) types(text string) func() error {
	return func() error {
		for _, key := range text {
			time.Sleep(70 * time.Millisecond)
			if _, err := r.terminal.WriteString(string(key)); err != nil {
				return err
			}
		}
		return nil
	}
}

// rests is for who watches.
func (r *recording) rests(d time.Duration) func() error {
	return func() error { time.Sleep(d); return nil }
}

func asks(url string) func() error {
	return func() error {
		answer, err := http.Get(url)
		if err != nil {
			return err
		}
		return answer.Body.Close()
	}
}

func saves(path string) func() error {
	return func() error {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, append(text, "\n// saved\n"...), 0o644)
	}
}
