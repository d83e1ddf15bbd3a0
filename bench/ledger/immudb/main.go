// Drives an immudb server: so many clients, each with a session of its own, set one key after the other, for so long.
// Built inside a copy of immudb's own module (build.ts), because its go.mod replaces modules, which counts in the main module only.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/codenotary/immudb/pkg/api/schema"
	immudb "github.com/codenotary/immudb/pkg/client"
)

func main() {
	port := flag.Int("port", 0, "of the server")
	clients := flag.Int("clients", 1, "sessions that set at once")
	warm := flag.Duration("warm", time.Second, "time before the measurement")
	measured := flag.Duration("time", 2*time.Second, "time of the measurement")
	size := flag.Int("bytes", 500, "length of a value")
	sync := flag.Int("sync-ms", 0, "how long the database may gather transactions before it syncs; 0 for the server's default")
	folder := flag.String("state", os.TempDir(), "where the client keeps its state")
	flag.Parse()
	database := fmt.Sprintf("sync%dms", *sync)
	createDatabase(*port, *folder, database, int64(*sync))
	sessions := make([]immudb.ImmuClient, *clients)
	for i := range sessions {
		sessions[i] = open(*port, *folder, database)
	}
	run(sessions, *warm, *size)
	times := run(sessions, *measured, *size)
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	at := func(q float64) float64 { return float64(times[int(q*float64(len(times)-1))].Nanoseconds()) / 1e6 }
	for _, session := range sessions {
		_ = session.CloseSession(context.Background())
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"perSecond": float64(len(times)) / measured.Seconds(), "p50": at(0.5), "p99": at(0.99),
	}))
}

// run returns how long each set took that was answered in time.
func run(sessions []immudb.ImmuClient, limit time.Duration, size int) []time.Duration {
	var mutex sync.Mutex
	var all []time.Duration
	var group sync.WaitGroup
	until := time.Now().Add(limit)
	for number, session := range sessions {
		group.Add(1)
		go func(session immudb.ImmuClient, number int) { // immudb's go.mod is of a Go in which loop variables are shared
			defer group.Done()
			own := set(session, number, until, size)
			mutex.Lock()
			all = append(all, own...)
			mutex.Unlock()
		}(session, number)
	}
	group.Wait()
	return all
}

func set(session immudb.ImmuClient, number int, until time.Time, size int) []time.Duration {
	var times []time.Duration
	value := make([]byte, size)
	for from := time.Now(); from.Before(until); {
		key := fmt.Sprintf("%d-%d", number, from.UnixNano())
		_, err := session.Set(context.Background(), []byte(key), value)
		check(err)
		now := time.Now()
		if !now.After(until) {
			times = append(times, now.Sub(from))
		}
		from = now
	}
	return times
}

func open(port int, folder, database string) immudb.ImmuClient {
	options := immudb.DefaultOptions().WithAddress("127.0.0.1").WithPort(port).WithDir(folder).WithDisableIdentityCheck(true)
	session := immudb.NewClient().WithOptions(options)
	check(session.OpenSession(context.Background(), []byte("immudb"), []byte("immudb"), database))
	return session
}

// createDatabase makes one that takes as many at once as there are clients: by default the 31st is refused.
func createDatabase(port int, folder, database string, milliseconds int64) {
	session := open(port, folder, "defaultdb")
	settings := &schema.DatabaseNullableSettings{MaxConcurrency: &schema.NullableUint32{Value: 400}}
	if milliseconds > 0 {
		settings.SyncFrequency = &schema.NullableMilliseconds{Value: milliseconds}
	}
	_, err := session.CreateDatabaseV2(context.Background(), database, settings)
	if err != nil && !strings.Contains(err.Error(), "already exists") {
		check(err)
	}
	check(session.CloseSession(context.Background()))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
