package dev.millrace.testkit.fingerprint;

import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.testkit.contract.FingerprintIndexContract;

class MemoryFingerprintsTest implements FingerprintIndexContract {

    private MemoryFingerprints index = new MemoryFingerprints();

    @Override
    public FingerprintIndex index() {
        return index;
    }

    @Override
    public void reopen() {
        index = index.reopened();
    }
}
