// Command witnessed-log runs a log of Tessera that publishes only what a witness cosigned, and adds entries to it one after the other. The
// requests to the witness and the checks of its answers are Tessera's.
//
//	witnessed-log <folder> <log skey> <witness URL> <witness vkey> <entries>
//
// Prints the size of each checkpoint published, and the last checkpoint.
package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: witnessed-log <folder> <log skey> <witness URL> <witness vkey> <entries>")
		os.Exit(2)
	}
	count, err := strconv.Atoi(os.Args[5])
	if err == nil {
		err = run(os.Args[1], os.Args[2], os.Args[3], os.Args[4], count)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "witnessed-log: %v\n", err)
		os.Exit(1)
	}
}

func run(folder, skey, witnessURL, witnessKey string, count int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	options, err := witnessedBy(skey, witnessURL, witnessKey)
	if err != nil {
		return err
	}
	driver, err := posix.New(ctx, posix.Config{Path: folder})
	if err != nil {
		return err
	}
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		return err
	}
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 20*time.Millisecond)
	var checkpoint []byte
	for n := range count {
		if _, checkpoint, err = awaiter.Await(ctx, appender.Add(ctx, tessera.NewEntry(fmt.Appendf(nil, "entry %d", n)))); err != nil {
			return err
		}
		fmt.Printf("published %d\n", n+1)
	}
	os.Stdout.Write(checkpoint)
	return shutdown(ctx)
}

func witnessedBy(skey, witnessURL, witnessKey string) (*tessera.AppendOptions, error) {
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	root, err := url.Parse(witnessURL)
	if err != nil {
		return nil, err
	}
	witness, err := tessera.NewWitness(witnessKey, root)
	if err != nil {
		return nil, err
	}
	return tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(100*time.Millisecond).
		WithBatching(1, 20*time.Millisecond).
		WithWitnesses(tessera.NewWitnessGroup(1, witness), nil), nil
}
