package tool

import (
	"cmp"
	"path"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// publishes finds the port of this machine that a container gets.
var publishes = pattern.New(`-p\s+(?:[\d.]+:)?([0-9]+):[0-9]+`)

// lookContainer keeps "docker run" of a Procfile, with what makes it end in time: a
// container that is not removed cannot be started again, and without an init it
// does not hear TERM.
func (k *Kit) lookContainer(l *split.Leaf, s *Made) {
	// Whether the container speaks HTTP nobody can tell, so it gets no route: the port
	// that it publishes only says when it is up.
	if m := publishes.FindStringSubmatch(l.Own); m != nil {
		s.Ready.TCP = files.Port(m[1])
	}
	if !l.IsAlone() || l.Argument(0) != "run" || l.HasFlag("-d", "--detach") {
		return
	}
	// The flags go right behind "run": what stands behind the image belongs to the
	// program in it.
	end := l.Words[1].End
	more := ""
	for _, flag := range []string{"--rm", "--init"} {
		if !l.HasFlag(flag) {
			more += " " + flag
		}
	}
	s.Command = found.Text(l.Own[:end] + more + l.Own[end:])
}

// daemonPorts are where servers listen that do not speak HTTP.
// Of those with several ports it is the one that the project's programs talk to: SMTP of
// the catchers of mail, the API of minio.
var daemonPorts = map[string]int{
	"redis-server": 6379, "valkey-server": 6379, "postgres": 5432, "mysqld": 3306, "mongod": 27017, "mailpit": 1025, "mailhog": 1025, "MailHog": 1025, "minio": 9000,
}

// redisPort finds "port 6379" in a redis.conf.
var redisPort = pattern.New(`(?m)^port\s+([0-9]+)`)

// lookDaemon is a database or the like that the project's list starts.
func (k *Kit) lookDaemon(l *split.Leaf, s *Made) {
	s.Ready.TCP = daemonPorts[l.Tool()]
	if file := l.Argument(0); strings.HasSuffix(file, ".conf") {
		text, _ := k.Text(path.Join(l.Dir, file))
		if m := redisPort.FindStringSubmatch(text); m != nil {
			s.Ready.TCP = cmp.Or(files.Port(m[1]), s.Ready.TCP)
		}
	}
	if n, at := l.Flag("--port", "-p"); at >= 0 {
		s.Ready.TCP = cmp.Or(files.Port(n), s.Ready.TCP)
	}
}
