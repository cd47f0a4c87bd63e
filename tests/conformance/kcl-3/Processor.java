import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;

/** Enters the records of one shard into a ledger, those whose checkpoint could be written. */
final class Processor implements ShardRecordProcessor {
    private final String worker;
    private final Ledger ledger;
    private String shard;

    Processor(String worker, Ledger ledger) {
        this.worker = worker;
        this.ledger = ledger;
    }

    @Override
    public void initialize(InitializationInput input) {
        shard = input.shardId();
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        if (input.records().isEmpty()) {
            return;
        }
        synchronized (ledger.lock(shard)) {
            if (checkpoint(input.checkpointer())) {
                input.records().forEach(
                        record -> ledger.enter(worker, record.partitionKey(), Ledger.number(record)));
            }
        }
    }

    @Override
    public void leaseLost(LeaseLostInput input) {}

    @Override
    public void shardEnded(ShardEndedInput input) {
        checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        checkpoint(input.checkpointer());
    }

    /** False when another worker has the shard by now, which handles these records again. */
    private boolean checkpoint(RecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
            return true;
        } catch (ShutdownException lost) {
            return false;
        } catch (Exception failure) {
            ledger.fail(failure);
            return false;
        }
    }
}
