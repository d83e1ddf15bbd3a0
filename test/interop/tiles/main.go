// Command tiles verifies a log of C2SP tlog-tiles, a folder or a URL, with Tessera's fsck and with Torchwood's client. All that checks
// is theirs; the lines here choose what is read and print what was found.
//
//	tiles <folder or http URL> <vkey> [bearer token]
package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"filippo.io/torchwood"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: tiles <folder or http URL> <vkey> [bearer token]")
		os.Exit(2)
	}
	token := ""
	if len(os.Args) == 4 {
		token = os.Args[3]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := check(ctx, os.Args[1], os.Args[2], token); err != nil {
		fmt.Fprintf(os.Stderr, "tiles: %v\n", err)
		os.Exit(1)
	}
}

func check(ctx context.Context, where, vkey, token string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	fetcher, reader, err := open(where, token)
	if err != nil {
		return err
	}
	return errors.Join(rebuild(ctx, verifier, fetcher), readAll(ctx, verifier, reader))
}

// rebuild has Tessera compute every tile and the root from the entries. A worker of its ends at the first tile that differs, and with the
// last of them gone it waits for ever: so there are more workers than one spoilt entry makes spoilt tiles.
func rebuild(ctx context.Context, verifier note.Verifier, fetcher fsck.Fetcher) error {
	if err := fsck.New(verifier.Name(), verifier, fetcher, leafHashes, fsck.Opts{N: 64}).Check(ctx); err != nil {
		return fmt.Errorf("tessera: %w", err)
	}
	return nil
}

// readAll has Torchwood's client prove every entry to the checkpoint.
func readAll(ctx context.Context, verifier note.Verifier, reader torchwood.TileReader) error {
	signed, err := reader.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return fmt.Errorf("torchwood: %w", err)
	}
	policy := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(verifier.Name()), torchwood.SingleVerifierPolicy(verifier))
	checkpoint, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil {
		return fmt.Errorf("torchwood: %w", err)
	}
	client, err := torchwood.NewClient(reader)
	if err != nil {
		return err
	}
	read := int64(0)
	for range client.AllEntries(ctx, checkpoint.Tree, 0) {
		read++
	}
	if err := client.Err(); err != nil {
		return fmt.Errorf("torchwood: %w", err)
	}
	if read != checkpoint.N {
		return errors.New("torchwood: it stopped before the end")
	}
	fmt.Printf("%s %d %s\n", checkpoint.Origin, checkpoint.N, hex.EncodeToString(checkpoint.Hash[:]))
	return nil
}

func open(where, token string) (fsck.Fetcher, torchwood.TileReader, error) {
	if !strings.HasPrefix(where, "http") {
		reader, err := torchwood.NewTileFS(os.DirFS(where))
		return &client.FileFetcher{Root: where}, reader, err
	}
	root, err := url.Parse(strings.TrimSuffix(where, "/") + "/")
	if err != nil {
		return nil, nil, err
	}
	fetcher, err := client.NewHTTPFetcher(root, nil)
	if err != nil {
		return nil, nil, err
	}
	withToken := &http.Client{Transport: bearer(token)}
	if token != "" {
		fetcher.SetAuthorizationHeader("Bearer " + token)
	}
	reader, err := torchwood.NewTileFetcher(root.String(), torchwood.WithHTTPClient(withToken), torchwood.WithTileFetcherLogger(slog.Default()))
	return fetcher, reader, err
}

type bearer string

func (token bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	if token != "" {
		request = request.Clone(request.Context())
		request.Header.Set("Authorization", "Bearer "+string(token))
	}
	return http.DefaultTransport.RoundTrip(request)
}

// leafHashes is what Tessera asks its user for: how the entries of a bundle become leaf hashes.
func leafHashes(bundle []byte) ([][]byte, error) {
	var entries api.EntryBundle
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(entries.Entries))
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}
