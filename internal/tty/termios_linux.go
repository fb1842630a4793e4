package tty

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

func getTermios(fd int) (*unix.Termios, error) { return unix.IoctlGetTermios(fd, unix.TCGETS) }
func setTermios(fd int, t *unix.Termios) error { return unix.IoctlSetTermios(fd, unix.TCSETS, t) }

// inForeground reports whether a process belongs to the foreground job of its
// terminal: fields 5 (pgrp) and 8 (tpgid) of proc_pid_stat(5).
func inForeground(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), " ")
	fields := strings.Fields(rest) // from field 3 on
	return len(fields) > 5 && fields[2] == fields[5]
}
