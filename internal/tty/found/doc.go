// Package found remembers how the consoles of this process were before anything of it
// ran, as they have to be left so.
//
// It is a package of its own because of that "before": what package logmux colours its
// words with changes the mode of Windows' console when it is initialised, ahead of main.
// Of packages that can be initialised Go takes the one whose path comes first, and this
// one needs nothing but package syscall, which the other one needs, too.
package found
