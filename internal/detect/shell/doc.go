// Package shell takes texts for the shell apart: what runs side by side, what runs
// one after the other, and of each command its variables and words, with their
// places in the text. It knows no program and runs nothing.
package shell
