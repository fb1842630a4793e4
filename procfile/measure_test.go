package procfile

import (
	"syscall"
	"testing"
)

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1024": 1024, "10B": 10, "1KB": 1000, "1kib": 1024, "10 MB": 10e6, "64MiB": 64 << 20, "1GiB": 1 << 30, "2GB": 2e9,
	} {
		if got, ok := parseSize(text); !ok || got != want {
			t.Errorf("parseSize(%q) = %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "GiB", "-1", "1.5GiB", "1TB", "1M", "99999999999GiB", "1 2", "0x10", "1e3"} {
		if got, ok := parseSize(text); ok {
			t.Errorf("parseSize(%q) = %d, want none", text, got)
		}
	}
}

func TestSignals(t *testing.T) {
	for text, want := range map[string]syscall.Signal{
		"TERM": syscall.SIGTERM, "SIGTERM": syscall.SIGTERM, "term": syscall.SIGTERM, "SigInt": syscall.SIGINT,
	} {
		if got, ok := parseSignal(text); !ok || got.Number != want {
			t.Errorf("parseSignal(%q) = %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, name := range signalNames() {
		if got, ok := parseSignal(name); !ok || got.Number == 0 || got.String() != name {
			t.Errorf("parseSignal(%q) = %v, %v", name, got, ok)
		}
	}
	for _, text := range []string{"", "SIG", "9", "STOP", "TERM "} {
		if got, ok := parseSignal(text); ok {
			t.Errorf("parseSignal(%q) = %v, want none", text, got)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"port", "paths", "protocol", "env", "env_file", "ready"}
	for got, want := range map[string]string{
		"prot": "port", "Port": "port", "ports": "port", "path": "paths", "portocol": "protocol", "evn": "env",
		"envfile": "env_file", "redy": "ready", "x": "", "": "", "banana": "", "envelope": "",
	} {
		if near := nearest(got, words); near != want {
			t.Errorf("nearest(%q) = %q, want %q", got, near, want)
		}
	}
}

func TestEnumsName(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Format(1).String(), "Procfile"}, {Format(9).String(), "invalid"}, {Kind(3).String(), "remote"}, {ReadyKind(4).String(), "exec"},
		{Port{}.String(), ""}, {Port{Auto: true}.String(), "auto"}, {Port{Number: 1}.String(), "1"},
		{Position{}.String(), ""}, {Position{Line: 1}.String(), "1"}, {Position{1, 2}.String(), "1:2"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
