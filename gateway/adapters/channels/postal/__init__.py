"""Letters: print files and manifests for a courier, by folder or SFTP."""
