package tool

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
)

// jvmGoals are the goals and tasks that start an application.
var jvmGoals = []string{"spring-boot:run", "quarkus:dev", "bootRun", "quarkusDev"}

// lookJVM finds the module that a command of Maven or Gradle runs.
func (k *Kit) lookJVM(l *split.Leaf, s *Made) {
	dir, goals := jvmWords(l)
	m := k.Module(dir)
	starts := slices.ContainsFunc(goals, func(goal string) bool {
		return slices.ContainsFunc(jvmGoals, func(g string) bool { return strings.HasSuffix(goal, g) })
	})
	if m == nil || !starts && (!m.byGoal || len(goals) > 0) {
		s.Kind = none
		k.Out.Skip(found.Skip{What: l.Called(), Where: l.File, Why: "builds, and starts no server: " + shortened(l.Own)})
		return
	}
	s.cover(dir, JVM)
	s.Module = m
	if dir != "." {
		s.Program = path.Base(dir)
	}
	s.Grace = "10s"        // its build tool has to end the application first
	s.Ready.Timeout = "3m" // and has to fetch the world before
	k.jvmPort(l, s)
}

// jvmWords reads which module a command is about, and its goals.
func jvmWords(l *split.Leaf) (dir string, goals []string) {
	dir = l.Dir
	named, at := l.Flag("-pl", "--projects")
	if at >= 0 {
		dir = path.Join(l.Dir, strings.TrimPrefix(named, ":"))
	}
	for _, w := range l.Arguments() {
		// A path of Gradle is counted from the root project, and the last part is the
		// task.
		if i := strings.LastIndexByte(w, ':'); i > 0 && w[0] == ':' { // of Gradle: :api:bootRun
			dir = path.Join(l.Dir, strings.ReplaceAll(w[1:i], ":", "/"))
		}
		if at < 0 || w != named {
			goals = append(goals, w)
		}
	}
	return dir, goals
}

// jvmPort: Spring takes its port from a variable that beats all files, Quarkus from
// a property.
// Spring Boot reads variables under relaxed names (SERVER_PORT is server.port), and ranks
// them above every application.properties.
func (k *Kit) jvmPort(l *split.Leaf, s *Made) {
	m := s.Module
	set := k.springSettings(m.Dir)
	if set.port != 0 {
		s.Port = found.Port{Number: set.port, From: set.file}
	}
	if m.quarkus { // it reloads on requests
		// A Quarkus in dev mode compiles what has changed when the next request comes:
		// nothing is to be watched.
		s.Kind = found.API
		if strings.Contains(m.Deps, "quinoa") {
			s.Kind = found.App
		}
		if l.Reaches() {
			s.Moved = found.Text(l.Text() + " -Dquarkus.http.port=" + found.PortMark)
			s.Command = s.Moved
		}
		return
	}
	s.Moved = s.Command
	s.Env = append(s.Env, found.Var{Name: "SERVER_PORT", Value: found.PortMark})
	// With spring-boot-devtools it restarts itself when its classes change.
	if !strings.Contains(m.Deps, "devtools") {
		s.Watch = []string{"src/main/**"}
	}
	if strings.Contains(m.Deps, "actuator") {
		s.Ready.Path = cmp.Or(set.base, "/actuator") + "/health"
	}
	// Security answers paths that it does not know, too: with 401.
	s.Last = strings.Contains(m.Deps, "spring-boot-starter-security")
	if !k.hasAny(m.Dir, "src/main/resources/templates", "src/main/resources/static") {
		s.Kind = found.API
	}
}
