package dev.millrace.destination.iceberg;

import dev.millrace.testkit.contract.CopyContract;
import dev.millrace.testkit.contract.KeylessContract;
import dev.millrace.testkit.contract.MemoryContract;

/// The parts of the contract that are about what is this destination's own: its memory, copies that become files, rows that are found again by what they hold.
class IcebergMemoryContractTest extends ContractLake implements MemoryContract, CopyContract, KeylessContract {}
