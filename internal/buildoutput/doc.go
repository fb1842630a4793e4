// Package buildoutput tells what builds write from what people write.
//
// A generator, a stamp, a cleaned output folder: many builds write files that
// their service, or another one, watches. Taken for an edit, each such file asks
// for another build, which writes it again. A [Ledger] is told of every build and
// of every change of a watched file, and says which changes count.
//
// # How it decides
//
// Nobody can see who has written a file. What can be seen is whether it is
// written again when nobody but the build is at work:
//
//   - A change outside of every build is somebody's. It counts at once, and what
//     was known of the file is forgotten.
//   - The first change during a build counts at once, too, as an edit would: it
//     may cancel that build. Not so where nobody has edited anything (the first
//     build of all), or where the file is new: then it waits for the build's end.
//   - A file that an earlier build wrote as well is a suspect. Its change cancels
//     nothing; it waits for the build's end, and after some quiet the service is
//     built once more, for nobody's sake. That is a control build.
//   - What two control builds in a row write, as often and at the same moment
//     from their beginning or end, is the build's own. From then on that is no
//     change, within a build, at that moment.
//   - Any other change of it is somebody's: one time more than usual, or at
//     another moment. It counts.
//
// A build that follows from what another one wrote belongs to that one's round.
// What it writes for a service of the round goes round in a circle and is a
// suspect; what it writes for others is passed on at its end: a library that is
// built, and the program that watches it. Once a file is known to close a circle,
// so are those that led there.
//
// # Guarantees
//
//   - A Ledger is pure: no clock, no disk, no goroutine. It is used by one
//     goroutine, and all times come in as arguments.
//   - No edit is lost: each change either counts, or is followed by a build that
//     begins after it, or is the build's own by the rule above.
//   - No circle: a file costs at most three further builds until it is known. One
//     that is written at changing moments never is: it costs a few more while
//     nobody does anything, and then waits for the next build.
//   - What it knows is bounded: [MaxPaths] files for each service.
package buildoutput
